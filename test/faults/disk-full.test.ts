import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import {
  type Answer,
  bearer,
  LOGIN,
  LOGOUT,
  login,
  ME,
  REGISTER,
  refreshWith,
  registerUser,
  send,
  type Tokens,
} from '../support/client.ts';
import type { TestDatabase } from '../support/databases.ts';
import { onOwnMariadb } from '../support/own-database.ts';
import { startServe, withProcesses } from '../support/processes.ts';
import { snapshot } from '../support/rows.ts';
import { onSqlite } from '../support/running.ts';
import { testEnvironment } from '../support/server.ts';

jest.setTimeout(90_000);

/** Elsewhere nobody can limit a process that runs. */
const onLinux = process.platform === 'linux' ? it : it.skip;

/** Bytes to which a file of a process may grow; the system refuses what is more, as it does on a full disk. */
function limitFiles(pid: number | undefined, bytes: number | 'unlimited'): void {
  execFileSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:unlimited`]);
}

/** A user with two devices. */
interface Account {
  readonly user: Awaited<ReturnType<typeof registerUser>>;
  readonly device: Tokens;
}

async function signUp(url: string): Promise<Account> {
  const user = await registerUser(url);
  return { user, device: await login(url, user) };
}

function register(url: string): Promise<Answer> {
  const input = { email: `${Math.random()}@example.com`, password: 'while there is no room' };
  return send(url, REGISTER, { input: { ...input, transport: 'BODY' } });
}

/** What writes, by name. */
function writes(url: string, { user, device }: Account): [string, () => Promise<Answer>][] {
  const { email, password } = user;
  return [
    ['register', () => register(url)],
    ['login', () => send(url, LOGIN, { input: { email, password, transport: 'BODY' } })],
    ['refresh', () => refreshWith(url, user.refreshToken)],
    ['logout', () => send(url, LOGOUT, { input: { refreshToken: device.refreshToken } })],
  ];
}

/** Each is refused and has changed nothing, or is done. @returns the names of those that were refused */
async function refusedWhole(url: string, database: TestDatabase, account: Account): Promise<string[]> {
  const refused: string[] = [];
  for (const [name, write] of writes(url, account)) {
    const before = await snapshot(database);
    const answer = await write();
    if (answer.errors === undefined) continue;
    expect({ name, refusal: answer.refusal }).toEqual({
      name,
      refusal: { code: 'UNAVAILABLE', retryAfter: expect.any(Number) },
    });
    expect(answer.setCookies).toEqual([]);
    expect(await snapshot(database)).toBe(before);
    refused.push(name);
  }
  return refused;
}

async function expectServed(url: string, account: Account): Promise<void> {
  for (const [name, write] of writes(url, account))
    expect({ name, errors: (await write()).errors }).toEqual({ name, errors: undefined });
}

async function expectRead(url: string, { user }: Account): Promise<void> {
  expect((await send(url, ME, {}, bearer(user.accessToken))).data.me.id).toBe(user.userId);
}

onSqlite('SQLite on a disk that is full', (database) => {
  withProcesses();

  onLinux(
    'I8 refuses what it cannot write, changes nothing, reads on, and goes on without a restart',
    async () => {
      const server = startServe({ env: testEnvironment(database()) });
      const url = await server.ready();
      const account = await signUp(url);
      limitFiles(server.pid, statSync(`${database().url.replace('sqlite:', '')}-wal`).size);
      expect(await refusedWhole(url, database(), account)).toEqual([
        'register',
        'login',
        'refresh',
        'logout',
      ]);
      await expectRead(url, account);
      limitFiles(server.pid, 'unlimited');
      await expectServed(url, account);
    },
  );
});

/** All data in one file, larger than every other that it writes. */
const ONE_FILE = [
  '--innodb-file-per-table=0',
  '--innodb-log-file-size=4M',
  '--innodb-temp-data-file-path=ibtmp1:2M:autoextend',
];

onOwnMariadb('MariaDB on a disk that is full', ONE_FILE, (mariadb, database) => {
  withProcesses();

  async function fillUp(): Promise<void> {
    await database().query('CREATE TABLE filler (bytes LONGBLOB)');
    for (const size of [500_000, 7_000]) {
      const fill = async () => {
        for (;;) await database().query(`INSERT INTO filler VALUES (REPEAT('x', ${size}))`);
      };
      await expect(fill()).rejects.toMatchObject({ errno: 1114 });
    }
  }

  onLinux(
    'I8 refuses what it cannot write, changes nothing, reads on, and goes on without a restart',
    async () => {
      const server = startServe({ env: testEnvironment(database()) });
      const url = await server.ready();
      const account = await signUp(url);
      limitFiles(mariadb().pid, statSync(`${mariadb().folder}/ibdata1`).size);
      await fillUp();
      // Into the room that is left in the pages of each table.
      while ((await register(url)).errors === undefined);
      expect(await refusedWhole(url, database(), account)).toContain('register');
      await expectRead(url, account);
      limitFiles(mariadb().pid, 'unlimited');
      await expectServed(url, account);
    },
  );
});

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { LOGIN, LOGOUT, login, registerUser, send } from '../support/client.ts';
import { idBytes, onMysql } from '../support/databases.ts';
import {
  CHECKOUT,
  type Child,
  operatorEnvironment,
  portcullis,
  start,
  withProcesses,
} from '../support/processes.ts';
import { runServer } from '../support/running.ts';
import { ADMIN } from '../support/server.ts';

const AT = '\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d';

interface Printed {
  readonly type: string;
  readonly at: string;
  readonly detail: string | null;
}

function linesOf(stdout: string): Printed[] {
  const lines = stdout.split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line));
}

onMysql('audit tail', (database) => {
  withProcesses();
  const server = runServer(database);
  const env = () => operatorEnvironment(database());

  async function tail(...args: string[]) {
    return portcullis(['audit', 'tail', ...args], { env: env() });
  }

  async function types(...args: string[]): Promise<string[]> {
    return linesOf((await tail('--json', ...args)).stdout).map(({ type }) => type);
  }

  /** A user who signed in twice, the first time by registering, and signed out of the second session. */
  async function someHistory() {
    const ada = await registerUser(server().url);
    const phone = await login(server().url, ada);
    await send(server().url, LOGOUT, { input: { refreshToken: phone.refreshToken } });
    return { ada, phone };
  }

  it('prints JSON lines, newest last, with what the security log holds', async () => {
    const { ada, phone } = await someHistory();
    const { stdout } = await tail('--json', '--user', ada.email);
    const lines = linesOf(stdout);
    expect(lines.map(({ type }) => type)).toEqual([
      'USER_CREATED',
      'LOGIN_SUCCEEDED',
      'LOGIN_SUCCEEDED',
      'SESSION_ENDED',
    ]);
    expect(lines.map(({ at }) => at)).toEqual(lines.map(({ at }) => at).toSorted());
    expect(lines.at(-1)).toEqual({
      id: expect.any(String),
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      type: 'SESSION_ENDED',
      actorId: ada.userId,
      userId: ada.userId,
      sessionId: phone.sessionId,
      ipAddress: '127.0.0.1',
      userAgent: 'node',
      detail: 'LOGOUT',
    });
  });

  it('prints a table for people, with names, and who acted where it was somebody else', async () => {
    const { ada } = await someHistory();
    await portcullis(['user', 'suspend', ada.email, '--reason', 'a \u202ereason'], {
      env: env(),
    });
    const { stdout } = await tail('--user', ada.userId, '--limit', '3');
    const [heading, ...rows] = stdout.trimEnd().split('\n');
    expect(heading).toMatch(/^TIME \(UTC\) +EVENT +USER +ADDRESS +DETAIL$/);
    expect(rows).toEqual([
      expect.stringMatching(new RegExp(`^${AT}  SESSION_ENDED +${ada.email}  127.0.0.1  LOGOUT$`)),
      expect.stringMatching(
        new RegExp(`^${AT}  SESSION_ENDED +${ada.email} +by the operator: USER_SUSPENDED$`),
      ),
      expect.stringMatching(
        new RegExp(`^${AT}  STATUS_CHANGED +${ada.email} +by the operator: SUSPENDED: a \uFFFDreason$`),
      ),
    ]);
  });

  it('prints those of a session, of some types, and the newest so many', async () => {
    const { ada, phone } = await someHistory();
    expect(await types('--session', phone.sessionId.toUpperCase())).toEqual([
      'LOGIN_SUCCEEDED',
      'SESSION_ENDED',
    ]);
    expect(await types('--user', ada.email, '--type', 'USER_CREATED', 'SESSION_ENDED')).toEqual([
      'USER_CREATED',
      'SESSION_ENDED',
    ]);
    expect(await types('--user', ada.email, '--limit', '2')).toEqual(['LOGIN_SUCCEEDED', 'SESSION_ENDED']);
    expect(await types('--user', ada.email, '--type', 'USER_DELETED')).toEqual([]);
  });

  it('says so when there is nothing, and when there is no such user', async () => {
    expect(await tail('--user', ADMIN.email, '--type', 'USER_DELETED')).toMatchObject({
      status: 0,
      stdout: 'There are no such events.\n',
    });
    expect(await tail('--user', 'nobody@example.com')).toMatchObject({
      status: 1,
      stdout: '',
      stderr: 'portcullis: No user has the e-mail or id "nobody@example.com".\n',
    });
  });

  describe('--follow', () => {
    function follow(...args: string[]): Child {
      const program = join(CHECKOUT, 'bin/portcullis.js');
      return start(process.execPath, [program, 'audit', 'tail', '--follow', ...args], { env: env() });
    }

    const printed = (tailing: Child) => tailing.stdout.split('\n').length - 1;

    it('prints each new event once, until Ctrl-C', async () => {
      const ada = await registerUser(server().url);
      const tailing = follow('--json', '--limit', '1', '--user', ada.email);
      await tailing.until(() => printed(tailing) === 1);
      for (let attempt = 1; attempt <= 3; attempt++) {
        await send(server().url, LOGIN, { input: { email: ada.email, password: 'not it' } });
        await tailing.until(() => printed(tailing) === 1 + attempt);
      }
      await registerUser(server().url);
      tailing.kill('SIGINT');
      const { status, stdout, stderr } = await tailing.outcome();
      expect([status, stderr]).toEqual([0, '']);
      expect(linesOf(stdout).map(({ type }) => type)).toEqual([
        'LOGIN_SUCCEEDED',
        'LOGIN_FAILED',
        'LOGIN_FAILED',
        'LOGIN_FAILED',
      ]);
    });

    it('misses none that commits after a younger one', async () => {
      const ada = await registerUser(server().url);
      const tailing = follow('--json', '--limit', '1', '--user', ada.email);
      await tailing.until(() => printed(tailing) === 1);
      const [{ at = 0 } = {}] = await database().query('SELECT MAX(at) AS at FROM audit_events');
      await database().query('INSERT INTO audit_events (id, at, type, user_id) VALUES (?, ?, ?, ?)', [
        randomBytes(16),
        Number(at) - 1_000,
        'REFRESH_REPLAYED',
        idBytes(ada.userId),
      ]);
      await tailing.until(() => tailing.stdout.includes('REFRESH_REPLAYED'));
      tailing.kill();
      expect((await tailing.outcome()).status).toBe(0);
    });

    it('goes on below the headings, until SIGTERM', async () => {
      const ada = await registerUser(server().url);
      const tailing = follow('--user', ada.email);
      await tailing.until(() => tailing.stdout.includes('LOGIN_SUCCEEDED'));
      await send(server().url, LOGIN, { input: { email: ada.email, password: 'not it' } });
      await tailing.until(() => tailing.stdout.includes('LOGIN_FAILED'));
      tailing.kill();
      const { stdout } = await tailing.outcome();
      expect(stdout.match(/TIME \(UTC\)/g)).toHaveLength(1);
      expect(stdout).toMatch(
        new RegExp(`\n${AT}  LOGIN_FAILED +${ada.email}  127.0.0.1  INVALID_CREDENTIALS\n$`),
      );
    });
  });
});

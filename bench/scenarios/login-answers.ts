import { hash } from '@node-rs/argon2';
import { insertUsers } from '../../test/support/bulk-rows.ts';
import { LOGIN } from '../../test/support/client.ts';
import type { TestDatabase } from '../../test/support/databases.ts';
import type { Bench, Section } from '../bench.ts';
import { Connection } from '../load/connection.ts';
import { graphql } from '../load/wire.ts';
import { startPortcullis } from '../portcullis.ts';
import { type Keep, withPrograms } from '../program.ts';
import { chanceOfGreater, median } from '../statistics.ts';

/** Wrong passwords that an account takes before it costs a pause, less one. */
const GUESSES = 4;

/** Logins before the first that is measured, so that code is compiled and statements are prepared. */
const WARM_UP = 50;

const PASSWORD = 'the right one of each account';
const WRONG = 'the right one of no account';

/** Who tries to log in, and is refused in the same words. */
interface Kind {
  readonly name: string;
  readonly password: string;
  readonly email: (index: number) => string;
}

const KINDS: readonly Kind[] = [
  { name: 'unknown e-mail', password: WRONG, email: (index) => `nobody-${index}@example.com` },
  { name: 'wrong password', password: WRONG, email: (index) => `active-${index}@example.com` },
  {
    name: 'suspended, wrong password',
    password: WRONG,
    email: (index) => `suspended-${index}@example.com`,
  },
  { name: 'suspended, right password', password: PASSWORD, email: (index) => `barred-${index}@example.com` },
];

/** SECURITY A8: whether the time of a refused login tells if the account exists. */
export function loginAnswers(bench: Bench): Promise<Section> {
  return withPrograms(async (keep) => {
    const accounts = bench.effort.quick ? 5 : 125;
    const rows: string[][] = [];
    const chances: number[] = [];
    for (const kind of ['sqlite', 'mysql'] as const) {
      const database = await bench.databases[kind]();
      const server = await start(database, accounts, keep);
      for (const state of ['checked', 'throttled'] as const) {
        if (state === 'throttled') await closeBuckets(database);
        const times = await measure(
          server,
          accounts,
          state === 'checked' ? 'INVALID_CREDENTIALS' : 'RATE_LIMITED',
        );
        const [unknown = []] = times;
        for (const [index, { name }] of KINDS.entries()) {
          const own = times[index] ?? [];
          const chance = chanceOfGreater(own, unknown);
          if (index > 0) chances.push(Math.abs(chance - 0.5));
          const where = kind === 'sqlite' ? 'SQLite' : 'MySQL';
          rows.push([name, where, state, median(own).toFixed(2), index === 0 ? '–' : chance.toFixed(2)]);
        }
      }
    }
    return section(accounts * GUESSES, rows, Math.max(...chances));
  });
}

async function start(database: TestDatabase, accounts: number, keep: Keep): Promise<string> {
  const { url } = await keep(startPortcullis(database, { LOGIN_LIMIT_ADDRESS: '1000000' }));
  const passwordHash = await hash(PASSWORD, { memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 });
  for (const { email } of KINDS.slice(1)) {
    await insertUsers(database, accounts, (index) => ({
      email: email(index),
      password_hash: passwordHash,
      status: email(0).startsWith('active') ? 'ACTIVE' : 'SUSPENDED',
    }));
  }
  return url;
}

async function closeBuckets(database: TestDatabase): Promise<void> {
  await database.query('UPDATE login_buckets SET failures = 1000 WHERE account_id IS NOT NULL');
}

/** One login at a time, of each kind in turn. @returns milliseconds, for each kind */
async function measure(url: string, accounts: number, code: string): Promise<number[][]> {
  const connection = await Connection.open(url);
  for (let attempt = 0; attempt < WARM_UP; attempt++)
    await connection.send(login(`warm-${attempt}@example.com`, WRONG));
  const times = KINDS.map((): number[] => []);
  for (let attempt = 0; attempt < accounts * GUESSES; attempt++) {
    for (const [index, { email, password }] of KINDS.entries()) {
      const request = login(email(attempt % accounts), password);
      const sentAt = performance.now();
      const body = await connection.send(request);
      times[index]?.push(performance.now() - sentAt);
      if (!body.includes(code)) throw new Error(`Wanted ${code}, got ${body}`);
    }
  }
  connection.close();
  return times;
}

function login(email: string, password: string): string {
  return graphql(LOGIN, undefined, { input: { email, password, transport: 'BODY' } });
}

function section(attempts: number, rows: readonly string[][], furthest: number): Section {
  return {
    title: 'Refused logins',
    about: `Whether the time of the answer tells if an account exists: ${attempts} refused logins of each kind, one at a time and in turn, while passwords are checked and while the account is throttled. The chance is that an answer of this kind took longer than one to an unknown e-mail: 0.5 tells nothing, 0 or 1 everything.`,
    columns: ['', 'database', 'account', 'median ms', 'chance'],
    rows,
    goals: [{ name: 'furthest chance from 0.5', atMost: 0.05, result: furthest }],
  };
}

import { hash } from '@node-rs/argon2';
import { PasswordHasher } from '../../src/accounts/password-hasher.ts';
import { type Answer, LOGIN, send } from './client.ts';
import { idBytes, type TestDatabase } from './databases.ts';

/** A server that counts, and believes its one proxy about addresses. */
export const THROTTLED = { LOGIN_THROTTLE: 'on', TRUST_PROXY: '1' };

/** The header with which that proxy tells who asks. */
export function from(address: string): Record<string, string> {
  return { 'x-forwarded-for': address };
}

/** A login of a native client, right or wrong. */
export function attempt(
  url: string,
  { email, password }: { email: string; password: string },
  address: string,
): Promise<Answer> {
  return send(url, LOGIN, { input: { email, password, transport: 'BODY' } }, from(address));
}

/** The same with a password that nobody has. */
export function guess(url: string, email: string, address: string): Promise<Answer> {
  return attempt(url, { email, password: 'not the password at all' }, address);
}

/** How many answers were what: codes of errors, or OK. */
export function tally(answers: readonly Answer[]): Record<string, number> {
  const codes = answers.map(({ refusal }) => String(refusal?.['code'] ?? 'OK'));
  return Object.fromEntries(
    [...new Set(codes)].sort().map((code) => [code, codes.filter((c) => c === code).length]),
  );
}

/** Counts the passwords that servers of this process check while `work` runs. */
export function checkedDuring(work: () => Promise<unknown>): Promise<number> {
  return callsDuring('verify', work);
}

/** Counts the new passwords that servers of this process hash while `work` runs. */
export function hashedDuring(work: () => Promise<unknown>): Promise<number> {
  return callsDuring('hash', work);
}

async function callsDuring(name: 'verify' | 'hash', work: () => Promise<unknown>): Promise<number> {
  const method = jest.spyOn(PasswordHasher.prototype, name);
  try {
    await work();
    return method.mock.calls.length;
  } finally {
    method.mockRestore();
  }
}

const TIMES = ['in_flight_until', 'window_ends_at', 'last_failed_at', 'known_until', 'expires_at'];

/** Lets time pass for every counter: each of its times moves back. */
export async function passTime(database: TestDatabase, ms: number): Promise<void> {
  const moved = TIMES.map((name) => `${name} = ${name} - ?`).join(', ');
  await database.query(
    `UPDATE login_buckets SET ${moved}`,
    TIMES.map(() => ms),
  );
}

/** Lets every pause be over, and nothing else. */
export async function endPauses(database: TestDatabase): Promise<void> {
  await database.query('UPDATE login_buckets SET last_failed_at = 0');
}

/** Lets no pause be over for an hour, however slow this machine is. */
export async function prolongPauses(database: TestDatabase): Promise<void> {
  await database.query(
    'UPDATE login_buckets SET last_failed_at = last_failed_at + 3600000 WHERE failures > 0',
  );
}

/** The counters that hold failures, as `failures`/`in_flight`, least first. */
export async function counters(database: TestDatabase): Promise<string[]> {
  const rows = await database.query(
    'SELECT failures, in_flight FROM login_buckets WHERE failures > 0 ORDER BY failures, in_flight',
  );
  return rows.map((row) => `${row['failures']}/${row['in_flight']}`);
}

/** What the security log says of closed buckets, as details. */
export async function throttledEvents(database: TestDatabase): Promise<string[]> {
  const rows = await database.query(
    "SELECT detail FROM audit_events WHERE type = 'LOGIN_THROTTLED' ORDER BY detail",
  );
  return rows.map((row) => String(row['detail']));
}

/** Makes an account whose password takes so many times longer to check than any other's. */
export async function slowDown(
  database: TestDatabase,
  { userId, password }: { userId: string; password: string },
  times: number,
): Promise<void> {
  const slow = await hash(password, { memoryCost: 19 * 1024, timeCost: 2 * times, parallelism: 1 });
  await database.query('UPDATE users SET password_hash = ? WHERE id = ?', [slow, idBytes(userId)]);
}

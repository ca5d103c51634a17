import { type Answer, registerUser } from '../support/client.ts';
import { onEachDatabase } from '../support/databases.ts';
import { changeUser } from '../support/rows.ts';
import { runServer } from '../support/running.ts';
import { statementsOf } from '../support/statements.ts';
import { attempt, guess, THROTTLED } from '../support/throttle.ts';
import { until } from '../support/until.ts';

jest.setTimeout(120_000);

const ROUNDS = 20;

/** Headers that differ from one answer to the next whatever was asked. */
const OF_THE_MOMENT = ['date', 'x-request-id'];

function bytesOf(answer: Answer): string {
  const headers = [...answer.headers].filter(([name]) => !OF_THE_MOMENT.includes(name));
  return JSON.stringify([answer.status, headers, answer.text]);
}

onEachDatabase('A8 an unknown, a known and a suspended e-mail', (database) => {
  const server = runServer(database, THROTTLED);
  const emails: string[] = [];
  let known: { email: string; password: string };
  let suspended: { email: string; password: string };
  beforeAll(async () => {
    known = await registerUser(server().url);
    const locked = await registerUser(server().url);
    await changeUser(database(), locked.userId, { status: 'SUSPENDED' });
    suspended = locked;
    emails.push('nobody@example.com', known.email, suspended.email);
  });
  beforeEach(() => database().query('DELETE FROM login_buckets'));
  const pauseForADay = () =>
    database().query('UPDATE login_buckets SET failures = 100 WHERE account_id IS NOT NULL');

  it('get the same bytes while logins are free', async () => {
    const answers = new Set<string>();
    for (let round = 0; round < ROUNDS; round++) {
      for (const email of emails) answers.add(bytesOf(await guess(server().url, email, '192.0.2.8')));
      answers.add(bytesOf(await attempt(server().url, suspended, '192.0.2.9')));
      await database().query('DELETE FROM login_buckets');
    }
    expect([...answers]).toHaveLength(1);
    expect([...answers][0]).toContain('INVALID_CREDENTIALS');
    // The control: the right password is answered otherwise.
    expect(bytesOf(await attempt(server().url, known, '192.0.2.9'))).toContain('accessToken');
  });

  it('get the same bytes when they are throttled, whatever the password', async () => {
    for (const email of emails)
      for (let index = 0; index < 5; index++) await guess(server().url, email, `192.0.2.${index}`);
    await pauseForADay();
    const answers = new Map<string, number[]>();
    const right = [{ email: 'nobody@example.com', password: known.password }, known, suspended];
    for (let round = 0; round < ROUNDS; round++) {
      for (const account of right) {
        for (const answer of [
          await guess(server().url, account.email, '192.0.2.200'),
          await attempt(server().url, account, '192.0.2.201'),
        ]) {
          const wait = Number(answer.refusal?.['retryAfter']);
          const bytes = bytesOf(answer).replaceAll(String(wait), '(wait)');
          answers.set(bytes, [...(answers.get(bytes) ?? []), wait]);
        }
      }
    }
    expect([...answers.keys()]).toHaveLength(1);
    expect([...answers.keys()][0]).toContain('RATE_LIMITED');
    // The seconds left tell when it was tried, and nothing else: a day from then.
    const [waits = []] = answers.values();
    expect(Math.min(...waits)).toBeGreaterThan(86_400 - 120);
    expect(Math.max(...waits)).toBeLessThanOrEqual(86_400);
  });

  it('cost the same statements', async () => {
    const shapes = new Set<string>();
    for (const email of emails) {
      const statements = await statementsOf(() => guess(server().url, email, '192.0.2.8'));
      await database().query('DELETE FROM login_buckets');
      shapes.add(statements.map(({ sql }) => sql.replaceAll(/\s+/g, ' ')).join('\n'));
    }
    expect(shapes.size).toBe(1);
  });

  it('are not looked up where they are throttled: what is not known cannot tell', async () => {
    for (let index = 0; index < 5; index++) await guess(server().url, known.email, `192.0.2.${index}`);
    await pauseForADay();
    const lookUps = async () => {
      const statements = await statementsOf(() => guess(server().url, known.email, '192.0.2.8'));
      return statements.filter(({ sql }) => /FROM .users/i.test(sql)).length;
    };
    expect(await lookUps()).toBe(0);
    await database().query('DELETE FROM login_buckets');
    await until(async () => (await lookUps()) === 1);
  });
});

import { type Answer, LOGIN, REGISTER, registerUser, send } from '../support/client.ts';
import { onEachDatabase } from '../support/databases.ts';
import { count } from '../support/rows.ts';
import { runServer } from '../support/running.ts';
import {
  attempt,
  checkedDuring,
  counters,
  from,
  guess,
  passTime,
  THROTTLED,
  tally,
  throttledEvents,
} from '../support/throttle.ts';

jest.setTimeout(180_000);

const THOUSAND = 1_000;

/** In batches, as a client with a hundred connections would. */
async function many(size: number, one: (index: number) => Promise<Answer>): Promise<Answer[]> {
  const answers: Answer[] = [];
  while (answers.length < size) {
    const batch = Array.from({ length: 100 }, (_, index) => one(answers.length + index));
    answers.push(...(await Promise.all(batch)));
  }
  return answers;
}

onEachDatabase('one who guesses at many accounts', (database) => {
  const server = runServer(database, THROTTLED);
  const nobody = (index: number) => `nobody-${index}@example.com`;

  it('A6 one password at a thousand accounts from one address: twenty are checked', async () => {
    const user = await registerUser(server().url);
    const spray = (index: number) =>
      guess(server().url, index === 7 ? user.email : nobody(index), '192.0.2.6');
    const answers: Answer[] = [];
    const checked = await checkedDuring(async () => void answers.push(...(await many(THOUSAND, spray))));
    expect(tally(answers)).toEqual({ INVALID_CREDENTIALS: 20, RATE_LIMITED: THOUSAND - 20 });
    expect(checked).toBe(20);
    const { retryAfter } = answers.at(-1)?.refusal ?? {};
    expect(Number(retryAfter)).toBeGreaterThanOrEqual(1);
    expect(Number(retryAfter)).toBeLessThanOrEqual(300);
    expect(await throttledEvents(database())).toEqual(['address']);
    // The control: from next door.
    expect((await attempt(server().url, user, '192.0.2.7')).errors).toBeUndefined();
  });

  it('A4 a thousand IPv6 addresses of one /64 are one', async () => {
    const within = (index: number) => `2001:db8:0:1:${index.toString(16)}::${(index % 7).toString(16)}`;
    const spray = (index: number) => guess(server().url, nobody(index + THOUSAND), within(index));
    const answers: Answer[] = [];
    const checked = await checkedDuring(async () => void answers.push(...(await many(THOUSAND, spray))));
    expect(tally(answers)).toEqual({ INVALID_CREDENTIALS: 20, RATE_LIMITED: THOUSAND - 20 });
    expect(checked).toBe(20);
    const next = await guess(server().url, 'nobody@example.com', '2001:db8:0:2::1');
    expect(next.refusal).toEqual({ code: 'INVALID_CREDENTIALS' });
  });

  it('A4 every spelling of an address is the same one', async () => {
    const spellings = ['::ffff:198.51.100.4', '198.51.100.4', '::FFFF:C633:6404', '0:0:0:0:0:ffff:c633:6404'];
    for (let index = 0; index < 20; index++) {
      const spelling = spellings[index % spellings.length] ?? '';
      const answer = await guess(server().url, nobody(index + 5_000), spelling);
      expect(answer.refusal).toEqual({ code: 'INVALID_CREDENTIALS' });
    }
    for (const spelling of spellings) {
      const answer = await guess(server().url, 'nobody@example.com', spelling);
      expect(answer.refusal?.['code']).toBe('RATE_LIMITED');
    }
  });

  it('A6 does not get free guesses by logins to an account of their own', async () => {
    const own = await registerUser(server().url);
    const answers: Answer[] = [];
    for (let index = 0; index < 24; index++) {
      answers.push(await guess(server().url, nobody(index + 6_000), '192.0.2.60'));
      if (index < 20)
        expect((await attempt(server().url, own, '192.0.2.60')).errors === undefined).toBe(index < 19);
    }
    expect(tally(answers)).toEqual({ INVALID_CREDENTIALS: 20, RATE_LIMITED: 4 });
  });

  it('keeps what was typed as e-mail to itself: no row tells of it', async () => {
    const typed = 'my-password-typed-into-the-wrong-field';
    await send(server().url, LOGIN, { input: { email: typed, password: 'x', transport: 'BODY' } });
    const rows = await database().query('SELECT * FROM login_buckets');
    const bytes = Buffer.concat(rows.flatMap(Object.values).filter(Buffer.isBuffer));
    expect(bytes.length).toBeGreaterThan(100);
    expect(JSON.stringify(rows)).not.toContain(typed);
    expect(bytes.includes(typed)).toBe(false);
  });
});

onEachDatabase('one who registers to find out who has an account', (database) => {
  const server = runServer(database, THROTTLED);
  const register = (email: string, address: string, password = 'vexing plumb quartz') =>
    send(server().url, REGISTER, { input: { email, password, transport: 'BODY' } }, from(address));

  it('A6 is told of twenty taken e-mails', async () => {
    const user = await registerUser(server().url);
    const answers: Answer[] = [];
    for (let index = 0; index < 22; index++) answers.push(await register(user.email, '192.0.2.20'));
    expect(answers.slice(0, 20).map(({ refusal }) => refusal?.['problem'])).toEqual(Array(20).fill('TAKEN'));
    expect(tally(answers.slice(20))).toEqual({ RATE_LIMITED: 2 });
    const users = await count(database(), 'users');
    expect((await register('free@example.com', '192.0.2.20')).refusal?.['code']).toBe('RATE_LIMITED');
    expect((await attempt(server().url, user, '192.0.2.20')).refusal?.['code']).toBe('RATE_LIMITED');
    expect(await count(database(), 'users')).toBe(users);
    expect((await register('free@example.com', '192.0.2.21')).errors).toBeUndefined();
    expect(await throttledEvents(database())).toEqual(['address']);
  });

  it('neither bad input nor an account that is made counts', async () => {
    await passTime(database(), 300_000);
    const before = await counters(database());
    for (let index = 0; index < 25; index++) {
      const refused = await register('no e-mail', '192.0.2.22');
      expect(refused.refusal?.['problem']).toBe('MALFORMED');
    }
    for (let index = 0; index < 22; index++)
      expect((await register(`new-${index}@example.com`, '192.0.2.22')).errors).toBeUndefined();
    expect(await counters(database())).toEqual(before);
  });
});

import { setTimeout as sleep } from 'node:timers/promises';
import { CHANGE_PASSWORD } from '../support/administration.ts';
import { Browser } from '../support/browser.ts';
import { type Answer, bearer, LOGIN, REGISTER, send, tokensOf } from '../support/client.ts';
import { onEachDatabase } from '../support/databases.ts';
import { count } from '../support/rows.ts';
import { runServer } from '../support/running.ts';
import { statementsOf } from '../support/statements.ts';
import {
  attempt,
  checkedDuring,
  endPauses,
  from,
  guess,
  passTime,
  prolongPauses,
  THROTTLED,
  tally,
  throttledEvents,
} from '../support/throttle.ts';

jest.setTimeout(180_000);

const DAY = 24 * 3_600_000;
const HOME = '203.0.113.1';
const ELSEWHERE = '198.51.100.77';

/** The guesser has a hundred addresses. */
const address = (index: number) => `192.0.2.${(index % 100) + 1}`;

/** What an instance remembers of a refusal it remembers for a second at most. */
async function untilAnswered(send: () => Promise<Answer>): Promise<Answer> {
  for (const end = Date.now() + 10_000; ; await sleep(100)) {
    const answer = await send();
    if (answer.refusal?.['code'] !== 'RATE_LIMITED' || Date.now() > end) return answer;
  }
}

onEachDatabase('A1 who had the password once, and kept the tokens of many sessions', (database) => {
  const server = runServer(database, THROTTLED);
  const owner = { email: 'robbed@example.com', password: 'the thief knew this one' };
  const input = { ...owner, transport: 'COOKIE' };

  it('guesses at the new one as if from one device', async () => {
    const kept: Browser[] = [];
    for (let index = 0; index < 12; index++) {
      const browser = new Browser(server().url);
      await browser.send(index === 0 ? REGISTER : LOGIN, { input }, from(ELSEWHERE));
      kept.push(browser);
    }
    await database().query('UPDATE sessions SET ended_at = 1, end_reason = ?', ['PASSWORD_CHANGED']);
    const wrong = { ...input, password: 'not the new password' };
    const answers: Answer[] = [];
    for (const browser of kept) {
      for (let guess = 0; guess < 2; guess++)
        answers.push(await browser.send(LOGIN, { input: wrong }, from(HOME)));
    }
    expect(tally(answers)).toEqual({ INVALID_CREDENTIALS: 5, RATE_LIMITED: 19 });
    const owners = await attempt(server().url, owner, ELSEWHERE);
    expect(owners.errors).toBeUndefined();
  });
});

onEachDatabase('A1 who had the password once, and signed in with it at an address', (database) => {
  const server = runServer(database, THROTTLED);

  it('is a stranger there when the password has changed; its owner is not', async () => {
    const owner = { email: 'robbed@example.com', password: 'the thief knew this one' };
    const registered = await send(
      server().url,
      REGISTER,
      { input: { ...owner, transport: 'BODY' } },
      from(HOME),
    );
    expect((await attempt(server().url, owner, ELSEWHERE)).errors).toBeUndefined();
    for (let index = 0; index < 5; index++) await guess(server().url, owner.email, address(index));
    await prolongPauses(database());
    expect((await guess(server().url, owner.email, ELSEWHERE)).refusal?.['code']).toBe('INVALID_CREDENTIALS');

    const input = { currentPassword: owner.password, newPassword: 'a wholly new password of mine' };
    const headers = { ...bearer(tokensOf(registered, 'register').accessToken), ...from(HOME) };
    expect((await send(server().url, CHANGE_PASSWORD, { input }, headers)).errors).toBeUndefined();
    expect((await guess(server().url, owner.email, ELSEWHERE)).refusal?.['code']).toBe('RATE_LIMITED');
    const changed = { ...owner, password: input.newPassword };
    expect((await attempt(server().url, changed, HOME)).errors).toBeUndefined();
  });

  it('shares an address with its owner: who signs in there gives the neighbours no guesses back', async () => {
    const owner = { email: 'shared@example.com', password: 'nobody in the office knows' };
    await send(server().url, REGISTER, { input: { ...owner, transport: 'BODY' } }, from(HOME));
    for (let index = 0; index < 4; index++) await guess(server().url, owner.email, HOME);
    expect((await attempt(server().url, owner, HOME)).errors).toBeUndefined();
    await guess(server().url, owner.email, HOME);
    await prolongPauses(database());
    expect((await guess(server().url, owner.email, HOME)).refusal?.['code']).toBe('RATE_LIMITED');
  });
});

onEachDatabase('A1 a thousand wrong guesses at one account from a hundred addresses', (database) => {
  const server = runServer(database, THROTTLED);
  const owner = { email: 'owner@example.com', password: 'only the owner knows this' };
  const input = { ...owner, transport: 'COOKIE' };
  let browser: Browser;
  beforeAll(async () => {
    browser = new Browser(server().url);
    const answer = await browser.send(REGISTER, { input }, from(HOME));
    expect(answer.errors).toBeUndefined();
  });

  it('a hundred are checked, and no more', async () => {
    const failures = () => count(database(), "audit_events WHERE type = 'LOGIN_FAILED'");
    const [before, answers] = [await failures(), [] as Answer[]];
    const checked = await checkedDuring(async () => {
      // Without its pauses, which would make a day of it.
      for (let index = 0; index < 110; index++) {
        answers.push(await guess(server().url, owner.email, address(index)));
        await endPauses(database());
      }
      while (answers.length < 1_000) {
        const batch = Array.from({ length: 89 }, (_, index) =>
          guess(server().url, owner.email, address(answers.length + index)),
        );
        answers.push(...(await Promise.all(batch)));
      }
    });
    expect(answers).toHaveLength(1_000);
    expect(tally(answers)).toEqual({ INVALID_CREDENTIALS: 100, RATE_LIMITED: 900 });
    expect(checked).toBe(100);
    expect((await failures()) - before).toBe(100);
    // Those for whom the line was too long are told to come again in a second, the others when the day is over.
    const waits = answers.flatMap(({ refusal }) => Number(refusal?.['retryAfter'] ?? []));
    expect(Math.max(...waits)).toBeGreaterThan(3_600);
    expect(Math.max(...waits)).toBeLessThanOrEqual(86_400);
  });

  it('the flood does not write: the log tells of the first pause and of the end', async () => {
    expect(await throttledEvents(database())).toEqual(['account', 'account']);
    const flood = () =>
      Promise.all(Array.from({ length: 50 }, (_, index) => guess(server().url, owner.email, address(index))));
    let statements = 0;
    const checked = await checkedDuring(async () => {
      const events = await count(database(), 'audit_events');
      statements = (await statementsOf(flood)).filter(({ sql }) =>
        /login_buckets.*FOR UPDATE|^BEGIN|^START/i.test(sql),
      ).length;
      expect(await count(database(), 'audit_events')).toBe(events);
    });
    expect(checked).toBe(0);
    // One asks the database; the others are told what it was told. On a slow machine a second may pass meanwhile.
    expect(statements).toBeLessThan(25);
  });

  it('not even the right password is tried for a stranger meanwhile', async () => {
    const checked = await checkedDuring(async () => {
      expect((await attempt(server().url, owner, ELSEWHERE)).refusal).toEqual({
        code: 'RATE_LIMITED',
        retryAfter: expect.any(Number),
      });
    });
    expect(checked).toBe(0);
  });

  it('the owner’s browser gets in from anywhere, with a live session or with one that has ended', async () => {
    const there = await browser.send(LOGIN, { input }, from(ELSEWHERE));
    expect(there.errors).toBeUndefined();
    const again = await browser.send(LOGIN, { input }, from(address(3)));
    expect(again.errors).toBeUndefined();
    // The session of this cookie was ended by the second login.
    const dead = new Browser(server().url);
    dead.plant(`refresh_token=${parseCookie(there)}`);
    expect((await dead.send(LOGIN, { input }, from('198.51.100.78'))).errors).toBeUndefined();
  });

  it('the owner gets in from an address that knows a login, without a cookie', async () => {
    expect((await attempt(server().url, owner, HOME)).errors).toBeUndefined();
  });

  it('somebody else’s cookie makes nobody a known device', async () => {
    const other = new Browser(server().url);
    const account = {
      email: 'guesser@example.com',
      password: 'an account of the guesser',
      transport: 'COOKIE',
    };
    expect((await other.send(REGISTER, { input: account }, from('198.51.100.9'))).errors).toBeUndefined();
    expect((await other.send(LOGIN, { input }, from('198.51.100.9'))).refusal?.['code']).toBe('RATE_LIMITED');
  });

  it('the guesser’s own logins give nothing back', async () => {
    const own = { email: 'guesser@example.com', password: 'an account of the guesser' };
    expect((await attempt(server().url, own, '198.51.100.9')).errors).toBeUndefined();
    expect((await guess(server().url, owner.email, '198.51.100.9')).refusal?.['code']).toBe('RATE_LIMITED');
  });

  it('a known device has a limit of its own', async () => {
    const input = { email: owner.email, password: 'the owner has forgotten', transport: 'COOKIE' };
    const ask = () => browser.send(LOGIN, { input }, from(ELSEWHERE));
    for (let index = 0; index < 5; index++)
      expect((await ask()).refusal).toEqual({ code: 'INVALID_CREDENTIALS' });
    await prolongPauses(database());
    expect((await ask()).refusal?.['code']).toBe('RATE_LIMITED');
    expect((await attempt(server().url, owner, HOME)).errors).toBeUndefined();
  });

  it('after the day a stranger may try again, and new devices get in', async () => {
    await passTime(database(), DAY);
    const answer = await untilAnswered(() => attempt(server().url, owner, '198.51.100.200'));
    expect(answer.errors).toBeUndefined();
  });

  it('after thirty days an address is no longer known', async () => {
    await passTime(database(), 31 * DAY);
    for (let index = 0; index < 5; index++) await guess(server().url, owner.email, HOME);
    await prolongPauses(database());
    const stranger = await send(
      server().url,
      LOGIN,
      { input: { ...owner, transport: 'BODY' } },
      from(ELSEWHERE),
    );
    expect(stranger.refusal?.['code']).toBe('RATE_LIMITED');
  });
});

function parseCookie({ setCookies }: Answer): string {
  return /refresh_token=([^;]+)/.exec(setCookies[0] ?? '')?.[1] ?? '';
}

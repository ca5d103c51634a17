import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, registerUser } from '../support/client.ts';
import { operatorEnvironment, portcullis, portcullisJson, withProcesses } from '../support/processes.ts';
import { auditOfUser, count } from '../support/rows.ts';
import { onSqlite, runServer } from '../support/running.ts';
import { attempt, counters, guess, prolongPauses, THROTTLED, tally } from '../support/throttle.ts';

jest.setTimeout(60_000);

const NEW_DEVICE = '203.0.113.3';

/** An instance remembers for a second at most that a bucket refused. */
async function untilNotLimited(send: () => Promise<Answer>): Promise<Answer> {
  for (const end = Date.now() + 10_000; ; await sleep(100)) {
    const answer = await send();
    if (answer.refusal?.['code'] !== 'RATE_LIMITED' || Date.now() > end) return answer;
  }
}

onSqlite('user unlock', (database) => {
  withProcesses();
  const server = runServer(database, THROTTLED);
  const env = () => operatorEnvironment(database());
  const unlock = (...args: string[]) => portcullis(['user', 'unlock', ...args], { env: env() });

  /** Guesses until nobody new is let in. */
  async function lock(email: string): Promise<void> {
    for (let index = 0; index < 5; index++) await guess(server().url, email, `192.0.2.${index}`);
    await prolongPauses(database());
    expect(tally([await guess(server().url, email, NEW_DEVICE)])).toEqual({ RATE_LIMITED: 1 });
  }

  /** The counters and the length of the log: a purge may run meanwhile, which takes what counts nothing. */
  const state = async () => [...(await counters(database())), await count(database(), 'audit_events')];

  it('lets a new device of the owner in at once, and tells the log', async () => {
    const ada = await registerUser(server().url);
    await lock(ada.email);
    expect(await unlock(ada.email.toUpperCase())).toMatchObject({
      status: 0,
      stdout: `Unlocked ${ada.email}: its failed logins are forgotten.\n`,
    });
    const answer = await untilNotLimited(() => attempt(server().url, ada, NEW_DEVICE));
    expect(answer.errors).toBeUndefined();
    expect(await auditOfUser(database(), ada.userId, 'LOGIN_UNLOCKED')).toMatchObject([
      { actor_id: null, ip_address: null, detail: null },
    ]);
  });

  it('forgets those of known devices too, which stay known', async () => {
    const ada = await registerUser(server().url);
    for (let index = 0; index < 5; index++) await guess(server().url, ada.email, '127.0.0.1');
    await prolongPauses(database());
    expect(tally([await attempt(server().url, ada, '127.0.0.1')])).toEqual({ RATE_LIMITED: 1 });
    await unlock(ada.userId);
    await lock(ada.email);
    const answer = await untilNotLimited(() => attempt(server().url, ada, '127.0.0.1'));
    expect(answer.errors).toBeUndefined();
  });

  it('unlocks nobody else', async () => {
    const [ada, bob] = [await registerUser(server().url), await registerUser(server().url)];
    await lock(bob.email);
    const before = await state();
    expect(await unlock(ada.email)).toMatchObject({
      status: 0,
      stdout: `${ada.email} has no failed logins that count.\n`,
    });
    expect(await state()).toEqual(before);
  });

  it('takes an e-mail without an account, and prints JSON', async () => {
    const email = 'nobody@example.com';
    await lock(email);
    const run = () => portcullisJson(['user', 'unlock', email], { env: env() });
    expect(await run()).toEqual({ email, userId: null, unlocked: true });
    expect(await run()).toEqual({ email, userId: null, unlocked: false });
    const answer = await untilNotLimited(() => guess(server().url, email, NEW_DEVICE));
    expect(answer.refusal).toEqual({ code: 'INVALID_CREDENTIALS' });
  });

  it('refuses in one line with a secret that is not the server’s, and for an unknown id', async () => {
    const ada = await registerUser(server().url);
    await lock(ada.email);
    const before = await state();
    const other = { ...env(), PORTCULLIS_SECRET: randomBytes(32).toString('base64') };
    const wrong = await portcullis(['user', 'unlock', ada.email], { env: other });
    expect(wrong).toMatchObject({ status: 1, stdout: '' });
    expect(wrong.stderr).toMatch(/^portcullis: PORTCULLIS_SECRET does not decrypt the signing keys.*\n$/);
    const nobody = await unlock('01a200a0-fc9a-7698-be78-db09e6531bef');
    expect(nobody.stderr).toMatch(/^portcullis: No user has the e-mail or id .*\n$/);
    expect(await state()).toEqual(before);
  });
});

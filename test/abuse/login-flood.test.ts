import { availableParallelism } from 'node:os';

/** Runs in place of the library's functions, which it calls: counts how many are under way, and can hold them up. */
const underWay = { now: 0, most: 0, until: Promise.resolve() };

jest.mock('@node-rs/argon2', () => {
  const real = jest.requireActual('@node-rs/argon2');
  const counted =
    (work: (...args: unknown[]) => Promise<unknown>) =>
    async (...args: unknown[]) => {
      underWay.now += 1;
      underWay.most = Math.max(underWay.most, underWay.now);
      await underWay.until;
      return work(...args).finally(() => {
        underWay.now -= 1;
      });
    };
  return { ...real, hash: counted(real.hash), verify: counted(real.verify) };
});

import { hash } from '@node-rs/argon2';
import { Browser } from '../support/browser.ts';
import { insertUsers } from '../support/bulk-rows.ts';
import { type Answer, bearer, LOGIN, ME, registerUser, send } from '../support/client.ts';
import { onEachDatabase } from '../support/databases.ts';
import { runServer } from '../support/running.ts';
import { attempt, from, THROTTLED, tally } from '../support/throttle.ts';
import { until } from '../support/until.ts';

jest.setTimeout(180_000);

/** More than may wait for a hash in a process. */
const CROWD = availableParallelism() * 256 + 30;

const PASSWORD = 'the same for everybody here';

onEachDatabase('A11 hundreds of logins at once', (database) => {
  const server = runServer(database, THROTTLED);
  /** Until it is let go, no password is checked, so that none is done before all have come. */
  function holdHashes(): () => void {
    let letGo: () => void = () => undefined;
    underWay.until = new Promise((resolve) => {
      letGo = resolve;
    });
    return letGo;
  }

  async function accounts(count: number): Promise<string[]> {
    const email = (index: number) => `flood-${count}-${index}@example.com`;
    const passwordHash = await hash(PASSWORD, { memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 });
    await insertUsers(database(), count, (index) => ({ email: email(index), password_hash: passwordHash }));
    return Array.from({ length: count }, (_, index) => email(index));
  }

  it('keeps hashing to the cores, turns the overflow away, and answers others meanwhile', async () => {
    const other = await registerUser(server().url);
    const emails = await accounts(CROWD);
    underWay.most = 0;
    const letGo = holdHashes();
    // Each from an address of its own, which has a limit of its own.
    const logins = emails.map((email, index) =>
      attempt(server().url, { email, password: PASSWORD }, `10.9.${index >> 8}.${index & 255}`),
    );
    const first = await Promise.race(logins);
    expect(first.refusal).toEqual({ code: 'RATE_LIMITED', retryAfter: 1 });
    for (let query = 0; query < 10; query++)
      expect((await send(server().url, ME, {}, bearer(other.accessToken))).errors).toBeUndefined();
    letGo();
    const answers = await Promise.all(logins);
    expect(underWay.most).toBe(availableParallelism());
    const { OK = 0, RATE_LIMITED = 0, ...others } = tally(answers);
    expect(others).toEqual({});
    expect(OK).toBeGreaterThan(0);
    expect(RATE_LIMITED).toBeGreaterThan(0);
    expect(OK + RATE_LIMITED).toBe(CROWD);
    // What was turned away was no guess.
    const rows = await database().query('SELECT id FROM login_buckets WHERE failures > 0');
    expect(rows).toEqual([]);
  });

  it('lets the devices of one address fill no more than their part of the queue', async () => {
    const user = await registerUser(server().url);
    const right = { email: user.email, password: user.password, transport: 'COOKIE' };
    const devices: Browser[] = [];
    for (let index = 0; index < 80; index++) {
      const device = new Browser(server().url);
      await device.send(LOGIN, { input: right }, from('192.0.2.1'));
      devices.push(device);
    }
    const letGo = holdHashes();
    const input = { ...right, password: 'not the password' };
    const refused: Answer[] = [];
    const flood = devices.map(async (device) => {
      const answer = await device.send(LOGIN, { input }, from('192.0.2.1'));
      if (answer.refusal?.['code'] === 'RATE_LIMITED') refused.push(answer);
      return answer;
    });
    const neighbour = devices[0]?.send(LOGIN, { input }, from('198.51.100.1'));
    await until(async () => refused.length === 16);
    letGo();
    expect(tally(await Promise.all(flood))).toEqual({ INVALID_CREDENTIALS: 64, RATE_LIMITED: 16 });
    expect((await neighbour)?.refusal).toEqual({ code: 'INVALID_CREDENTIALS' });
  });
});

import { setTimeout as sleep } from 'node:timers/promises';
import { claimsOf, REVOKE_SESSIONS, signedInLongAgo } from '../support/administration.ts';
import { bearer, LOGOUT, login, ME, refreshWith, registerUser, send, tokensOf } from '../support/client.ts';
import { onMysql } from '../support/databases.ts';
import { instance } from '../support/instances.ts';
import { startServe, withProcesses } from '../support/processes.ts';
import { ADMIN, testEnvironment } from '../support/server.ts';

jest.setTimeout(120_000);

const MINUTE = 60_000;
const SHIFTS = [-5 * MINUTE, 0, 5 * MINUTE];
const TTL = 6_000;
const IDLE = 60 * MINUTE;

/** Milliseconds that an instance may be wrong about the database's time: half a round trip on a loaded machine. */
const ERROR = 500;

/** Shifts what a process takes for the time of day. */
function shiftedClock(ms: number): string {
  const program = `
    const Real = Date;
    const now = () => Real.now() + ${ms};
    globalThis.Date = new Proxy(Real, {
      construct: (target, args, self) => Reflect.construct(target, args.length > 0 ? args : [now()], self),
      apply: () => new Real(now()).toString(),
      get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
    });`;
  return `--import=data:text/javascript,${encodeURIComponent(program)}`;
}

onMysql('I7 three instances whose clocks are five minutes slow, right, and five minutes fast', (database) => {
  withProcesses();
  let urls: string[];
  // In each test, for processes end with it.
  beforeEach(async () => {
    const instances = SHIFTS.map((shift) =>
      startServe({
        env: {
          ...testEnvironment(database()),
          ACCESS_TOKEN_TTL: `${TTL / 1_000}s`,
          SESSION_IDLE_TTL: `${IDLE / MINUTE}m`,
          NODE_OPTIONS: shiftedClock(shift),
        },
      }),
    );
    urls = await Promise.all(instances.map((each) => each.ready()));
  });

  const databaseTime = async () => {
    const [row] = await database().query('SELECT UNIX_TIMESTAMP(SYSDATE(3)) * 1000 AS now');
    return Number(row?.['now']);
  };
  const outcomeOf = async (url: string, accessToken: string) => {
    const { refusal } = await send(url, ME, {}, bearer(accessToken));
    return refusal === undefined ? 'ok' : refusal['reason'];
  };
  const everywhere = (accessToken: string) => Promise.all(urls.map((url) => outcomeOf(url, accessToken)));

  it('issue by the database’s time what all of them accept, until one moment', async () => {
    const user = await registerUser(instance(urls, 1));
    for (const [index, url] of urls.entries()) {
      const before = await databaseTime();
      const { accessToken, sessionId } = await login(url, user);
      const after = await databaseTime();
      const { iat, exp } = claimsOf(accessToken) as { iat: number; exp: number };
      expect(iat * 1_000).toBeGreaterThan(before - 1_000);
      expect(iat * 1_000).toBeLessThanOrEqual(after);
      expect((exp - iat) * 1_000).toBe(TTL);
      expect(await everywhere(accessToken)).toEqual(['ok', 'ok', 'ok']);
      // That its clock is wrong shows in the ids that it makes (RFC 9562 §5.7).
      const made = Number.parseInt(sessionId.replaceAll('-', '').slice(0, 12), 16);
      expect(Math.abs(made - after - (SHIFTS[index] ?? 0))).toBeLessThan(MINUTE);
    }
  });

  it('refuse a token from the same moment on', async () => {
    const user = await registerUser(instance(urls, 1));
    for (const url of urls) {
      const { accessToken } = await login(url, user);
      const end = Number(claimsOf(accessToken)['exp']) * 1_000;
      const seen = new Set<unknown>();
      for (let late = false; !late; await sleep(100)) {
        const before = await databaseTime();
        const outcomes = await everywhere(accessToken);
        const after = await databaseTime();
        late = before > end + ERROR;
        if (after < end - ERROR) expect(outcomes).toEqual(['ok', 'ok', 'ok']);
        if (late) expect(outcomes).toEqual(['EXPIRED', 'EXPIRED', 'EXPIRED']);
        for (const outcome of outcomes) seen.add(outcome);
      }
      expect([...seen].sort()).toEqual(['EXPIRED', 'ok']);
    }
  });

  it('agree on the window of a rotation and on the inactivity timeout', async () => {
    for (const [index, url] of urls.entries()) {
      const user = await registerUser(url);
      const rotated = tokensOf(await refreshWith(url, user.refreshToken), 'refresh');
      for (const other of urls) {
        const replayed = tokensOf(await refreshWith(other, user.refreshToken), 'refresh');
        expect(replayed.refreshToken).toBe(rotated.refreshToken);
      }
      await database().age(user.sessionId, IDLE - MINUTE);
      const next = instance(urls, index + 1);
      const { refreshToken } = tokensOf(await refreshWith(next, rotated.refreshToken), 'refresh');
      await database().age(user.sessionId, IDLE + ERROR);
      for (const other of urls)
        expect((await refreshWith(other, refreshToken)).refusal).toMatchObject({ endReason: 'IDLE_TIMEOUT' });
    }
  });

  it('agree on how long ago a password was proven', async () => {
    const filter = { filter: { ipAddress: '192.0.2.1' } };
    for (const url of urls) {
      for (const [ago, code] of [
        [890, undefined],
        [905, 'REAUTHENTICATION_REQUIRED'],
      ] as const) {
        const { accessToken } = await signedInLongAgo(url, database(), ADMIN, ago);
        const answers = await Promise.all(
          urls.map((other) => send(other, REVOKE_SESSIONS, filter, bearer(accessToken))),
        );
        expect(answers.map(({ refusal }) => refusal?.['code'])).toEqual([code, code, code]);
      }
    }
  });

  it('feel the end of a session at once', async () => {
    for (const url of urls) {
      const user = await registerUser(url);
      expect(await everywhere(user.accessToken)).toEqual(['ok', 'ok', 'ok']);
      await send(url, LOGOUT, { input: { refreshToken: user.refreshToken } });
      expect(await everywhere(user.accessToken)).toEqual(Array(3).fill('SESSION_ENDED'));
    }
  });
});

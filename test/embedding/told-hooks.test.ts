import type { BegunSession, EndedSession } from '../../src/hooks/hooks.ts';
import { bearer, LOGOUT, login, REVOKE_SESSION, registerUser, send } from '../support/client.ts';
import { onSqlite } from '../support/running.ts';
import { ADMIN } from '../support/server.ts';
import { until } from '../support/until.ts';
import { runEmbedded, startEmbedded } from './embedded.ts';

onSqlite('afterLogin and sessionEnded', (database) => {
  const begun: BegunSession[] = [];
  const ended: EndedSession[] = [];
  let isBroken = false;
  const portcullis = runEmbedded(database, () => ({
    hooks: {
      afterLogin(session) {
        begun.push(session);
        if (isBroken) throw new Error('the mail server is away');
      },
      async sessionEnded(session) {
        ended.push(session);
        if (isBroken) throw new Error('the mail server is away');
      },
    },
  }));
  beforeEach(() => {
    begun.length = 0;
    ended.length = 0;
    isBroken = false;
  });
  const url = () => portcullis().url;

  it('are told of a session that began and of one that ended, by whom and why', async () => {
    const user = await registerUser(url());
    await until(async () => begun.length === 1);
    const { userId, sessionId } = user;
    const origin = { ipAddress: '127.0.0.1', userAgent: expect.any(String) };
    expect(begun).toEqual([{ userId, sessionId, at: expect.any(Date), ...origin }]);
    const admin = await login(url(), ADMIN);
    await send(url(), REVOKE_SESSION, { id: sessionId }, bearer(admin.accessToken));
    await until(async () => ended.length === 1);
    expect(ended).toEqual([
      { userId, sessionId, reason: 'REVOKED_BY_ADMIN', actorId: admin.userId, at: expect.any(Date) },
    ]);
  });

  it('spoil no answer by what they throw, which the log has', async () => {
    isBroken = true;
    const { refreshToken } = await registerUser(url());
    const answer = await send(url(), LOGOUT, { input: { refreshToken } });
    expect(answer.data).toEqual({ logout: { ended: true } });
    const failures = () =>
      portcullis()
        .log()
        .filter(({ msg }) => msg === 'a hook failed');
    await until(async () => failures().length === 2);
    expect(
      failures()
        .map(({ hook }) => hook)
        .sort(),
    ).toEqual(['afterLogin', 'sessionEnded']);
    expect(failures()[0]).toMatchObject({ level: 'error', err: { message: 'the mail server is away' } });
  });

  it('are waited for by no answer, and by a stop', async () => {
    let release: (() => void) | undefined;
    let isThrough = false;
    const held = await startEmbedded(database(), {
      hooks: {
        async afterLogin() {
          await new Promise<void>((resolve) => {
            release = resolve;
          });
          isThrough = true;
        },
      },
    });
    await login(held.url, ADMIN);
    await until(async () => release !== undefined);
    expect(isThrough).toBe(false);
    const stopped = held.stop();
    release?.();
    await stopped;
    expect(isThrough).toBe(true);
  });
});

import { bearer, LOGIN, LOGOUT, ME, refreshWith, send, type Tokens, tokensOf } from '../support/client.ts';
import { onEachDatabase } from '../support/databases.ts';
import { startServe, withProcesses } from '../support/processes.ts';
import { ADMIN, testEnvironment } from '../support/server.ts';

onEachDatabase('a server that is killed and started again', (database) => {
  withProcesses();

  function serve() {
    return startServe({ env: testEnvironment(database()) });
  }

  async function login(url: string): Promise<Tokens> {
    return tokensOf(await send(url, LOGIN, { input: { ...ADMIN, transport: 'BODY' } }), 'login');
  }

  async function refresh(url: string, tokens: Tokens): Promise<Tokens> {
    return tokensOf(await refreshWith(url, tokens.refreshToken), 'refresh');
  }

  it('C7 still knows an old refresh token for reuse, and ends that session only', async () => {
    const first = serve();
    const before = await first.ready();
    const [victim, honest] = [await login(before), await login(before)];
    const [next, successor] = [await refresh(before, victim), await refresh(before, honest)];
    // Past the window, the next rotation makes the first token an old one.
    await database().age(victim.sessionId, 60_000);
    const newest = await refresh(before, next);
    first.kill('SIGKILL');
    await first.exited;

    const after = await serve().ready();
    const reuse = { reason: 'SESSION_ENDED', endReason: 'REFRESH_TOKEN_REUSE' };
    expect((await refreshWith(after, victim.refreshToken)).refusal).toMatchObject(reuse);
    expect((await refreshWith(after, newest.refreshToken)).refusal).toMatchObject(reuse);
    expect((await send(after, ME, {}, bearer(newest.accessToken))).refusal).toMatchObject(reuse);

    expect((await send(after, ME, {}, bearer(successor.accessToken))).errors).toBeUndefined();
    expect((await refreshWith(after, successor.refreshToken)).errors).toBeUndefined();
  });

  it('still refuses what was revoked a moment before', async () => {
    const first = serve();
    const before = await first.ready();
    const [ended, other] = [await login(before), await login(before)];
    const { data } = await send(before, LOGOUT, { input: { refreshToken: ended.refreshToken } });
    first.kill('SIGKILL');
    await first.exited;
    expect(data.logout).toEqual({ ended: true });

    const after = await serve().ready();
    const gone = { reason: 'SESSION_ENDED', endReason: 'LOGOUT' };
    expect((await send(after, ME, {}, bearer(ended.accessToken))).refusal).toMatchObject(gone);
    expect((await refreshWith(after, ended.refreshToken)).refusal).toMatchObject(gone);
    expect((await send(after, ME, {}, bearer(other.accessToken))).errors).toBeUndefined();
  });
});

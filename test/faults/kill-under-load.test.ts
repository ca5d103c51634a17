import { setTimeout as sleep } from 'node:timers/promises';
import { login, refreshWith, registerUser, type Tokens, tokensOf } from '../support/client.ts';
import { onEachDatabase } from '../support/databases.ts';
import { startServe, withProcesses } from '../support/processes.ts';
import { auditOf, sessionRow } from '../support/rows.ts';
import { testEnvironment } from '../support/server.ts';

const CLIENTS = 6;

/** One client of one session that refreshes as fast as it can, until the server is gone. */
class Client {
  /** What it was given, the newest last. */
  readonly held: Tokens[];

  constructor(first: Tokens) {
    this.held = [first];
  }

  get newest(): Tokens {
    const newest = this.held.at(-1);
    if (newest === undefined) throw new Error('A client holds a token from the start.');
    return newest;
  }

  async refresh(url: string): Promise<void> {
    this.held.push(tokensOf(await refreshWith(url, this.newest.refreshToken), 'refresh'));
  }

  async refreshUntilGone(url: string): Promise<void> {
    try {
      for (;;) await this.refresh(url);
    } catch (error) {
      // The connection broke; a refusal is another error, and fails the test.
      if (!String(error).includes('fetch failed')) throw error;
    }
  }
}

onEachDatabase('a server that is killed while sessions are refreshed', (database) => {
  withProcesses();

  /** Without a window every refresh is a rotation, and only a lost answer is answered again. */
  const serve = () => startServe({ env: testEnvironment(database(), { REFRESH_GRACE: '0s' }) });

  it('C7 signs nobody out: each client goes on from what it holds; older tokens are reuse as before', async () => {
    const first = serve();
    const before = await first.ready();
    const user = await registerUser(before);
    const clients: Client[] = [];
    while (clients.length < CLIENTS) clients.push(new Client(await login(before, user)));
    const running = clients.map((client) => client.refreshUntilGone(before));
    while (clients.some(({ held }) => held.length < 5)) await sleep(10);
    await sleep(Math.random() * 20);
    first.kill('SIGKILL');
    await Promise.all([first.exited, ...running]);

    const after = await serve().ready();
    for (const client of clients) {
      await client.refresh(after);
      await client.refresh(after);
      expect(await sessionRow(database(), client.newest.sessionId)).toMatchObject({ ended_at: null });
    }
    for (const { held, newest } of clients) {
      const reuse = await refreshWith(after, held.at(-4)?.refreshToken ?? '');
      expect(reuse.refusal).toMatchObject({ endReason: 'REFRESH_TOKEN_REUSE' });
      expect((await refreshWith(after, newest.refreshToken)).refusal).toMatchObject(reuse.refusal ?? {});
      const lines = await auditOf(database(), newest.sessionId);
      expect(lines.map(({ type }) => type)).toEqual([
        'LOGIN_SUCCEEDED',
        'REFRESH_TOKEN_REUSED',
        'SESSION_ENDED',
      ]);
    }
  });
});

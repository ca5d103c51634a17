import { randomBytes } from 'node:crypto';
import {
  type Answer,
  bearer,
  login,
  ME,
  refreshWith,
  send,
  type Tokens,
  tokensOf,
} from '../support/client.ts';
import { operatorEnvironment, portcullis, withProcesses } from '../support/processes.ts';
import { onSqlite } from '../support/running.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const secret = () => randomBytes(32).toString('base64');

onSqlite('PORTCULLIS_SECRET, changed as docs/operations.md says', (database) => {
  withProcesses();
  const [first, second, third] = [secret(), secret(), secret()];
  let tokens: Tokens;

  async function withSecret<T>(secrets: string, work: (server: TestServer) => Promise<T>): Promise<T> {
    const server = await startTestServer(database(), { PORTCULLIS_SECRET: secrets });
    try {
      return await work(server);
    } finally {
      await server.stop();
    }
  }

  it('signs nobody out', async () => {
    tokens = await withSecret(first, ({ url }) => login(url));
    for (const secrets of [`${first},${second}`, `${second},${first}`, second]) {
      await withSecret(secrets, async ({ url }) => {
        expect((await send(url, ME, {}, bearer(tokens.accessToken))).errors).toBeUndefined();
        tokens = tokensOf(await refreshWith(url, tokens.refreshToken), 'refresh');
      });
      // Past the window, so that the next refresh is an exchange and no replay.
      await database().age(tokens.sessionId, 60_000);
    }
  });

  it('does not start with a new secret alone, and says why', async () => {
    const start = withSecret(third, async () => undefined);
    await expect(start).rejects.toThrow(
      'PORTCULLIS_SECRET does not decrypt the signing keys in the database',
    );
  });

  it('voids every token once the keys are revoked and encrypted under the new secret', async () => {
    const env = { ...operatorEnvironment(database()), PORTCULLIS_SECRET: `${third},${second}` };
    expect(await portcullis(['keys', 'rotate', '--revoke-previous'], { env })).toMatchObject({ status: 0 });
    await withSecret(third, async ({ url }) => {
      const refusal = async (answer: Promise<Answer>) => (await answer).refusal?.['reason'];
      expect(await refusal(send(url, ME, {}, bearer(tokens.accessToken)))).toBe('STALE');
      expect(await refusal(refreshWith(url, tokens.refreshToken))).toBe('INVALID');
      const fresh = await login(url);
      expect((await send(url, ME, {}, bearer(fresh.accessToken))).errors).toBeUndefined();
    });
  });
});

import { request } from 'node:http';
import { login, ME } from '../support/client.ts';
import { onSqlite, runServer } from '../support/running.ts';

/** Node counts headers and drops those past a number, in silence. */
onSqlite('B11 headers behind two thousand others', (database) => {
  const server = runServer(database);
  const many = Array.from({ length: 2_000 }, () => ['A', '1']).flat();

  function post(headers: readonly string[]): Promise<{ status: number | undefined; text: string }> {
    return new Promise((resolve, reject) => {
      const { host } = new URL(server().url);
      const all = ['Host', host, 'Content-Type', 'application/json', ...many, ...headers];
      const sent = request(
        `${server().url}/graphql`,
        { method: 'POST', headers: all, setHost: false },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () =>
            resolve({ status: response.statusCode, text: Buffer.concat(chunks).toString() }),
          );
        },
      );
      sent.once('error', reject);
      sent.end(JSON.stringify({ query: ME }));
    });
  }

  it('are seen: a second Authorization is refused, one is obeyed', async () => {
    const { accessToken } = await login(server().url);
    const authorization = ['Authorization', `Bearer ${accessToken}`];
    expect(await post(authorization)).toMatchObject({
      status: 200,
      text: expect.stringContaining('admin@example.com'),
    });
    expect(await post([...authorization, ...authorization])).toMatchObject({ status: 400 });
  });
});

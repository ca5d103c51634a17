import { post, send } from './client.ts';
import { type RunningServer, startServer, stopServers } from './running-server.ts';

afterEach(stopServers);

async function requestLines(server: RunningServer) {
  await server.listener.drain(1000);
  return server.log.lines().filter((line) => line['msg'] === 'request');
}

it('writes one debug line a request: id, method, path, status, duration', async () => {
  const server = await startServer();
  const answer = await post(server.port);
  await send(server.port, { path: '/nothing?token=x' });
  expect(await requestLines(server)).toEqual([
    expect.objectContaining({
      level: 'debug',
      requestId: answer.headers['x-request-id'],
      method: 'POST',
      path: '/graphql',
      status: 200,
      durationMs: expect.any(Number),
    }),
    expect.objectContaining({ method: 'GET', path: '/nothing', status: 404 }),
  ]);
});

it('H2 writes neither headers nor bodies nor the query string', async () => {
  const server = await startServer();
  const headers = { authorization: 'Bearer s3cret-a', cookie: 'x=s3cret-b', 'user-agent': 's3cret-c' };
  await post(server.port, headers, '{"query":"s3cret-d"}');
  await send(server.port, { path: '/graphql?query=s3cret-e', headers });
  expect(await requestLines(server)).toHaveLength(2);
  expect(server.log.text()).not.toContain('s3cret');
});

it('H2 cuts a long path and keeps to one line', async () => {
  const server = await startServer();
  await send(server.port, { path: `/%0a%1b${'x'.repeat(2000)}` });
  const [line] = await requestLines(server);
  expect(line?.['path']).toBe(`/%0a%1b${'x'.repeat(249)}`);
});

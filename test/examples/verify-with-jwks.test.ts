import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { bearer, LOGOUT, login, ME, registerUser, send } from '../support/client.ts';
import { withProcesses } from '../support/processes.ts';
import { onSqlite } from '../support/running.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { startExample } from './start-example.ts';

/** The issuer's address in front of the server: it counts the requests for the keys, and can be away. */
async function startFront() {
  const state = { fetches: 0, away: false, target: '' };
  const front = createServer(async (request, response) => {
    state.fetches += 1;
    if (state.away) return void response.writeHead(502).end();
    const answer = await fetch(`${state.target}${request.url}`);
    return void response.writeHead(answer.status).end(await answer.text());
  });
  await new Promise<void>((resolve) => void front.listen(0, '127.0.0.1', resolve));
  const { port } = front.address() as AddressInfo;
  return { state, url: `http://127.0.0.1:${port}`, close: () => front.close() };
}

async function ask(url: string, accessToken?: string) {
  const response = await fetch(url, accessToken === undefined ? {} : { headers: bearer(accessToken) });
  const body: unknown = await response.json();
  return { status: response.status, body, challenge: response.headers.get('www-authenticate') };
}

function withHeader(token: string, change: object): string {
  const [header = '', ...rest] = token.split('.');
  const parsed: object = JSON.parse(Buffer.from(header, 'base64url').toString());
  return [Buffer.from(JSON.stringify({ ...parsed, ...change })).toString('base64url'), ...rest].join('.');
}

onSqlite('examples/verify-with-jwks', (database) => {
  withProcesses();
  let front: Awaited<ReturnType<typeof startFront>>;
  let server: TestServer;
  const run = async (env: NodeJS.ProcessEnv = {}) => (await startExample({ ISSUER: front.url, ...env })).url;

  beforeAll(async () => {
    front = await startFront();
    server = await startTestServer(database(), { ISSUER: front.url });
    front.state.target = server.url;
  });
  afterAll(async () => {
    front.close();
    await server.stop();
  });

  it('knows the caller by the access token alone', async () => {
    const user = await registerUser(server.url);
    expect(await ask(await run(), user.accessToken)).toEqual({
      status: 200,
      body: { userId: user.userId, sessionId: user.sessionId, roles: ['USER'] },
      challenge: null,
    });
  });

  it('asks for a token where there is none', async () => {
    expect(await ask(await run())).toMatchObject({ status: 401, challenge: 'Bearer' });
  });

  it('refuses what is not an access token of this issuer for this audience', async () => {
    const { accessToken, refreshToken } = await login(server.url);
    const [header, payload, signature = ''] = accessToken.split('.');
    const wrong = {
      'a refresh token': refreshToken,
      'another signature': [header, payload, Buffer.alloc(64).toString('base64url')].join('.'),
      'no signature': withHeader([header, payload, ''].join('.'), { alg: 'none' }),
      'another typ': withHeader(accessToken, { typ: 'JWT' }),
      'another payload': [header, Buffer.from('{"sub":"admin"}').toString('base64url'), signature].join('.'),
    };
    const url = await run();
    for (const [name, token] of Object.entries(wrong)) {
      const answer = await ask(url, token);
      expect({ name, ...answer }).toMatchObject({ status: 401, challenge: 'Bearer error="invalid_token"' });
    }
    const elsewhere = await run({ AUDIENCE: 'another application' });
    expect((await ask(elsewhere, accessToken)).body).toEqual({ error: 'ERR_JWT_CLAIM_VALIDATION_FAILED' });
    expect((await ask(url, accessToken)).status).toBe(200);
  });

  it('learns of a revocation when the token expires, and no sooner', async () => {
    const url = await run();
    const brief = await startTestServer(database(), { ISSUER: front.url, ACCESS_TOKEN_TTL: '3s' });
    try {
      const { accessToken, refreshToken } = await login(brief.url);
      await send(brief.url, LOGOUT, { input: { refreshToken } });
      const refused = await send(brief.url, ME, {}, bearer(accessToken));
      expect(refused.refusal).toMatchObject({ reason: 'SESSION_ENDED', endReason: 'LOGOUT' });
      expect((await ask(url, accessToken)).status).toBe(200);
      let answer = await ask(url, accessToken);
      for (; answer.status === 200; answer = await ask(url, accessToken)) await sleep(100);
      expect(answer).toMatchObject({ status: 401, body: { error: 'ERR_JWT_EXPIRED' } });
    } finally {
      await brief.stop();
    }
  });

  it('B12 fetches the keys once, however many unknown key ids are presented', async () => {
    const { accessToken } = await login(server.url);
    const fresh = await run();
    const before = front.state.fetches;
    expect((await ask(fresh, accessToken)).status).toBe(200);
    const unknown = Array.from({ length: 200 }, () =>
      withHeader(accessToken, { kid: randomBytes(32).toString('base64url') }),
    );
    const answers = await Promise.all(unknown.map((token) => ask(fresh, token)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
    expect((await ask(fresh, accessToken)).status).toBe(200);
    expect(front.state.fetches - before).toBe(1);
  });

  it('signs nobody out while the keys cannot be fetched', async () => {
    const { accessToken } = await login(server.url);
    const fresh = await run();
    front.state.away = true;
    expect(await ask(fresh, accessToken)).toMatchObject({ status: 503, challenge: null });
    front.state.away = false;
    expect((await ask(fresh, accessToken)).status).toBe(200);
  });
});

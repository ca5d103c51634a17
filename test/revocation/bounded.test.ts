import { runSchema, sdlSchema } from '../directive/own-schema.ts';
import { REVOKE_SESSIONS, SET_ROLES } from '../support/administration.ts';
import {
  bearer,
  LOGOUT,
  login,
  ME,
  MY_SESSIONS,
  REVOKE_ALL,
  REVOKE_OTHERS,
  refreshWith,
  registerUser,
  send,
  type Tokens,
  tokensOf,
} from '../support/client.ts';
import { onMysql } from '../support/databases.ts';
import { onSqlite } from '../support/running.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { until } from '../support/until.ts';

const BOUNDED = { FRESHNESS: 'bounded', MAX_STALENESS: '60s' };

/** What a token is enough for. */
const WHO = '{ me { id roles } }';

const SDL = `
  type Query { plain: Int @auth  admin: Int @auth(requires: ADMIN)  recent: Int @auth(maxAge: 900)  mixed: Row @auth }
  type Row { plain: Int @auth  admin: Int @auth(requires: ADMIN) }
  type Mutation { plain: Int @auth }
`;

function createSchema() {
  return sdlSchema(SDL, {
    'Query.plain': () => 1,
    'Query.admin': () => 1,
    'Query.recent': () => 1,
    'Query.mixed': () => ({ plain: 1, admin: 1 }),
    'Mutation.plain': () => 1,
  });
}

async function isReady(url: string): Promise<boolean> {
  return (await fetch(`${url}/readyz`)).status === 200;
}

onSqlite('FRESHNESS=bounded', (database) => {
  let issuer: TestServer;
  beforeAll(async () => {
    issuer = await startTestServer(database(), BOUNDED);
  });
  afterAll(() => issuer.stop());
  const server = runSchema(database, createSchema, BOUNDED);
  let tokens: Tokens;
  beforeEach(async () => {
    tokens = await registerUser(issuer.url);
    await until(async () => {
      server().loads();
      await send(server().url, '{ plain }', {}, bearer(tokens.accessToken));
      return server().loads() === 0;
    });
  });
  const ask = (document: string, { accessToken } = tokens) =>
    send(server().url, document, {}, bearer(accessToken));

  it('asks no database for a query that needs no more than a signed-in caller', async () => {
    expect((await ask('{ plain mixed { plain } }')).data).toEqual({ plain: 1, mixed: { plain: 1 } });
    expect(server().loads()).toBe(0);
  });

  it.each(['{ recent }', 'mutation { plain }'])('asks it for %s', async (document) => {
    expect((await ask(document)).errors).toBeUndefined();
    expect(server().loads()).toBe(1);
  });

  it('asks it for a role, once, and denies by the row', async () => {
    const { data, refusal } = await ask('{ plain admin mixed { plain admin } }');
    expect(data).toEqual({ plain: 1, admin: null, mixed: { plain: 1, admin: null } });
    expect(refusal).toEqual({ code: 'FORBIDDEN' });
    expect(server().loads()).toBe(1);
    const admin = await login(issuer.url);
    expect((await ask('{ plain admin mixed { plain admin } }', admin)).errors).toBeUndefined();
    expect(server().loads()).toBe(1);
  });

  it('E1 denies what another process revoked, without the database, with the reason and the time', async () => {
    const out = await send(issuer.url, LOGOUT, { input: { refreshToken: tokens.refreshToken } });
    expect(out.data).toEqual({ logout: { ended: true } });
    await until(async () => (await ask('{ plain }')).errors !== undefined);
    server().loads();
    const { data, refusal } = await ask('{ plain mixed { plain } }');
    expect(data).toEqual({ plain: null, mixed: null });
    expect(refusal).toEqual({
      code: 'UNAUTHENTICATED',
      reason: 'SESSION_ENDED',
      endReason: 'LOGOUT',
      endedAt: expect.any(String),
    });
    expect(server().loads()).toBe(0);
    expect((await send(issuer.url, WHO, {}, bearer(tokens.accessToken))).refusal).toEqual(refusal);
    // By the database too.
    expect((await ask('mutation { plain }')).refusal).toEqual(refusal);
  });

  it('denies in the order of denials, as the database does', async () => {
    expect((await send(server().url, '{ plain }')).refusal).toMatchObject({ reason: 'MISSING' });
    expect((await ask('{ plain }', { ...tokens, accessToken: 'x' })).refusal).toMatchObject({
      reason: 'INVALID',
    });
    const admin = await login(issuer.url);
    await send(issuer.url, REVOKE_ALL, { userId: tokens.userId }, bearer(admin.accessToken));
    await until(async () => (await ask('{ plain }')).errors !== undefined);
    // The session and the version: it is the session that is told.
    expect((await ask('{ plain }')).refusal).toMatchObject({ reason: 'SESSION_ENDED' });
  });

  it('E4 a change of roles makes tokens stale, and those that are refreshed are judged by the new ones', async () => {
    const admin = await login(issuer.url);
    const roles = { userId: tokens.userId, roles: ['USER', 'ADMIN'] };
    expect((await send(issuer.url, SET_ROLES, roles, bearer(admin.accessToken))).errors).toBeUndefined();
    await until(async () => (await ask('{ plain }')).errors !== undefined);
    expect((await ask('{ plain }')).refusal).toEqual({ code: 'UNAUTHENTICATED', reason: 'STALE' });
    const next = tokensOf(await refreshWith(issuer.url, tokens.refreshToken), 'refresh');
    expect((await ask('{ plain admin }', next)).data).toEqual({ plain: 1, admin: 1 });
    const me = await send(issuer.url, WHO, {}, bearer(next.accessToken));
    expect(me.data.me).toEqual({ id: tokens.userId, roles: ['USER', 'ADMIN'] });
  });

  it('E1 the acknowledging instance is exact: what it revoked is denied from its answer on', async () => {
    for (let round = 0; round < 20; round++) {
      const user = await login(issuer.url);
      const as = bearer(user.accessToken);
      const before = await send(issuer.url, WHO, {}, as);
      expect(before.data.me.id).toBe(user.userId);
      await send(issuer.url, LOGOUT, { input: { refreshToken: user.refreshToken } });
      expect((await send(issuer.url, WHO, {}, as)).refusal).toMatchObject({ reason: 'SESSION_ENDED' });
    }
  });

  it('E6 a mutation that ends the session denies the protected field after it', async () => {
    const as = bearer(tokens.accessToken);
    const document = 'mutation { logout { ended } revokeOtherSessions { revokedCount } }';
    const answer = await send(issuer.url, document, {}, as);
    expect(answer.refusal).toMatchObject({ reason: 'SESSION_ENDED', endReason: 'LOGOUT' });
    const admin = await login(issuer.url);
    const all = `mutation ($userId: ID!) { all: revokeAllForUser(userId: $userId) { revokedCount } other: revokeOtherSessions { revokedCount } }`;
    const self = await send(issuer.url, all, { userId: admin.userId }, bearer(admin.accessToken));
    expect(self.refusal).toMatchObject({ reason: 'SESSION_ENDED', endReason: 'REVOKED_BY_ADMIN' });
    expect((await send(issuer.url, WHO, {}, bearer(admin.accessToken))).refusal).toMatchObject({
      reason: 'SESSION_ENDED',
    });
  });

  it('answers what needs the row from the row, and the same as ever', async () => {
    const as = bearer(tokens.accessToken);
    const { data } = await send(issuer.url, ME, {}, as);
    expect(data.me).toEqual({
      id: tokens.userId,
      email: expect.stringContaining('@example.com'),
      displayName: null,
      roles: ['USER'],
      status: 'ACTIVE',
      createdAt: expect.any(String),
    });
    expect((await send(issuer.url, MY_SESSIONS, {}, as)).data.mySessions).toHaveLength(1);
    expect((await send(issuer.url, REVOKE_OTHERS, {}, as)).data.revokeOtherSessions.revokedCount).toBe(0);
  });

  it('E1 one who is revoked by a filter is out as well', async () => {
    const admin = await login(issuer.url);
    const filter = { userId: tokens.userId };
    const variables = { filter, dryRun: false };
    const answer = await send(issuer.url, REVOKE_SESSIONS, variables, bearer(admin.accessToken));
    expect(answer.errors).toBeUndefined();
    expect((await send(issuer.url, WHO, {}, bearer(tokens.accessToken))).refusal).toMatchObject({
      endReason: 'REVOKED_BY_ADMIN',
    });
  });
});

onMysql('FRESHNESS=bounded, and the database goes away', (database) => {
  async function startBehindProxy(staleness: string) {
    const url = new URL(database().url);
    const proxy = new TcpProxy({ host: url.hostname, port: Number(url.port || 3306) });
    url.hostname = '127.0.0.1';
    url.port = String(await proxy.open());
    const env = { FRESHNESS: 'bounded', MAX_STALENESS: staleness };
    return { proxy, server: await startTestServer({ url: url.href }, env) };
  }

  it('serves what it can prove for as long as it can prove it, then it is UNAVAILABLE, and nobody is signed out', async () => {
    const { proxy, server } = await startBehindProxy('1s');
    const user = await registerUser(server.url);
    const ended = await registerUser(server.url);
    const ask = ({ accessToken }: Tokens) => send(server.url, WHO, {}, bearer(accessToken));
    await send(server.url, LOGOUT, { input: { refreshToken: ended.refreshToken } });
    await until(() => isReady(server.url));

    await proxy.cut();
    const cutAt = performance.now();
    const codes = new Set<unknown>();
    await until(async () => {
      const sentAt = performance.now();
      const { refusal } = await ask(user);
      codes.add(refusal?.['code']);
      if (refusal === undefined) expect(sentAt - cutAt).toBeLessThanOrEqual(1_000);
      return refusal !== undefined;
    });
    expect([...codes].filter((code) => code !== undefined)).toEqual(['UNAVAILABLE']);
    // What it knows to have ended stays ended.
    expect((await ask(ended)).refusal).toMatchObject({ reason: 'SESSION_ENDED', endReason: 'LOGOUT' });
    expect(await isReady(server.url)).toBe(false);

    await proxy.open();
    await until(() => isReady(server.url));
    expect((await ask(user)).data.me.id).toBe(user.userId);
    expect((await ask(ended)).refusal).toMatchObject({ reason: 'SESSION_ENDED' });
    const said = server.log().map(({ msg }) => msg);
    expect(said.filter((msg) => msg === 'the revocation feed cannot be read')).toHaveLength(1);
    expect(said).toContain('the revocation feed can be read again');
    await server.stop();
    await proxy.cut();
  });

  it('does not need it meanwhile', async () => {
    const { proxy, server } = await startBehindProxy('60s');
    const user = await registerUser(server.url);
    const as = bearer(user.accessToken);
    await until(() => isReady(server.url));
    await proxy.cut();
    for (let turn = 0; turn < 10; turn++)
      expect((await send(server.url, WHO, {}, as)).data).toEqual({
        me: { id: user.userId, roles: ['USER'] },
      });
    for (const document of [ME, MY_SESSIONS, REVOKE_OTHERS])
      expect((await send(server.url, document, {}, as)).refusal).toMatchObject({ code: 'UNAVAILABLE' });
    await server.stop();
  });
});

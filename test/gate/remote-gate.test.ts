import { randomBytes } from 'node:crypto';
import { decodeProtectedHeader } from 'jose';
import { Refusal } from '../../src/errors/refusal.ts';
import { RemoteGate, type RemoteGateOptions } from '../../src/gate/remote-gate.ts';
import { PUBLICATION_LEAD } from '../../src/keys/key-state.ts';
import { SET_ROLES } from '../support/administration.ts';
import {
  bearer,
  LOGOUT,
  login,
  REVOKE_ALL,
  refreshWith,
  registerUser,
  send,
  tokensOf,
} from '../support/client.ts';
import { onEachDatabase } from '../support/databases.ts';
import { forgeries, honestTwin } from '../support/forgeries.ts';
import { forgingKit } from '../support/forging-kit.ts';
import { instance } from '../support/instances.ts';
import { ageKeys, ROTATE_KEY } from '../support/keys.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { newService } from '../support/service.ts';
import { until } from '../support/until.ts';
import { Front } from './front.ts';

const JWKS = '/.well-known/jwks.json';
const FEED = '/revocations';
const INTROSPECT = '/oauth/introspect';

onEachDatabase('the gate of another service', (database) => {
  let servers: TestServer[] = [];
  let front: Front;
  let credential: Pick<RemoteGateOptions, 'clientId' | 'clientSecret'>;
  let gates: RemoteGate[] = [];

  beforeAll(async () => {
    // The service hears of everything from the first instance alone.
    front = await Front.start(() =>
      instance(
        servers.map(({ url }) => url),
        0,
      ),
    );
    const count = database().kind === 'mysql' ? 3 : 1;
    while (servers.length < count) servers.push(await startTestServer(database(), { ISSUER: front.url }));
    const { id, secret } = await newService(database());
    credential = { clientId: id, clientSecret: secret };
  });
  afterAll(async () => {
    await front.stop();
    await Promise.all(servers.map((server) => server.stop()));
    servers = [];
  });
  afterEach(async () => {
    front.mend();
    await Promise.all(gates.map((gate) => gate.close()));
    gates = [];
  });

  const url = (turn = 0) =>
    instance(
      servers.map((server) => server.url),
      turn,
    );

  function openGate(options: Partial<RemoteGateOptions> = {}): RemoteGate {
    const gate = new RemoteGate({ issuer: front.url, ...credential, ...options });
    gates.push(gate);
    return gate;
  }

  /** One that hears the feed, so that nothing has to be asked. */
  async function openCurrentGate(options: Partial<RemoteGateOptions> = {}): Promise<RemoteGate> {
    const gate = openGate(options);
    await until(async () => gate.isCurrent);
    return gate;
  }

  async function refusalOf(gate: RemoteGate, token: string | undefined): Promise<unknown> {
    try {
      await gate.authenticate(token);
      return undefined;
    } catch (error) {
      if (error instanceof Refusal) return { code: error.code, ...error.details };
      throw error;
    }
  }

  const refused = (gate: RemoteGate, token: string) =>
    until(async () => (await refusalOf(gate, token)) !== undefined);

  it('knows the caller by the header or the token, and asks nothing of the issuer for it', async () => {
    const gate = await openCurrentGate();
    const user = await registerUser(url());
    await gate.authenticate(user.accessToken);
    const before = front.asked.length;
    const caller = { user: { id: user.userId }, session: { id: user.sessionId }, roles: ['USER'] };
    expect(await gate.authenticate(`Bearer ${user.accessToken}`)).toMatchObject(caller);
    expect(await gate.authenticate(user.accessToken)).toMatchObject(caller);
    expect(front.asked.slice(before)).toEqual([]);
  });

  it('tells when the caller last proved who they are', async () => {
    const gate = await openCurrentGate();
    const user = await registerUser(url());
    const { session } = await gate.authenticate(user.accessToken);
    expect(Math.abs(session.authenticatedAt.getTime() - Date.now())).toBeLessThan(60_000);
  });

  it('refuses what is no token of the issuer, as the issuer does', async () => {
    const gate = await openCurrentGate();
    const kit = await forgingKit(database(), (await registerUser(url())).accessToken);
    const sent = (await forgeries(kit)).filter(({ sendable }) => sendable);
    for (const { id, name, token, reason } of sent)
      expect([id, name, await refusalOf(gate, `Bearer ${token}`)]).toEqual([
        id,
        name,
        { code: 'UNAUTHENTICATED', reason },
      ]);
    expect(await refusalOf(gate, await honestTwin(kit))).toBeUndefined();
    expect(await refusalOf(gate, undefined)).toEqual({ code: 'UNAUTHENTICATED', reason: 'MISSING' });
    expect(await refusalOf(gate, 'Basic dXNlcjpwYXNz')).toEqual({
      code: 'UNAUTHENTICATED',
      reason: 'MISSING',
    });
  });

  it('E1 refuses the token of an ended session, whichever instance ended it, and says why', async () => {
    const gate = await openCurrentGate();
    for (let turn = 0; turn < 3; turn++) {
      const user = await registerUser(url());
      const other = await registerUser(url());
      expect(await refusalOf(gate, user.accessToken)).toBeUndefined();
      await send(url(turn), LOGOUT, { input: { refreshToken: user.refreshToken } });
      await refused(gate, user.accessToken);
      expect(await refusalOf(gate, user.accessToken)).toMatchObject({
        reason: 'SESSION_ENDED',
        endReason: 'LOGOUT',
      });
      expect(await refusalOf(gate, other.accessToken)).toBeUndefined();
    }
  });

  it('E4 calls a token stale whose roles are not true any more, and takes the refreshed one', async () => {
    const gate = await openCurrentGate();
    const user = await registerUser(url());
    const admin = await login(url());
    await send(
      url(1),
      SET_ROLES,
      { userId: user.userId, roles: ['USER', 'ADMIN'] },
      bearer(admin.accessToken),
    );
    await refused(gate, user.accessToken);
    expect(await refusalOf(gate, user.accessToken)).toMatchObject({ reason: 'STALE' });
    const { accessToken } = tokensOf(await refreshWith(url(), user.refreshToken), 'refresh');
    expect(await gate.authenticate(accessToken)).toMatchObject({ roles: ['USER', 'ADMIN'] });
  });

  it('takes the tokens of a new signing key at once, and of a revoked one none', async () => {
    const gate = await openCurrentGate();
    const admin = await login(url());
    const user = await registerUser(url());
    expect(await refusalOf(gate, user.accessToken)).toBeUndefined();
    await send(url(1), ROTATE_KEY, { revokePrevious: true }, bearer(admin.accessToken));
    await refused(gate, user.accessToken);
    const { accessToken } = tokensOf(await refreshWith(url(), user.refreshToken), 'refresh');
    await until(async () => (await refusalOf(gate, accessToken)) === undefined);
    expect(await refusalOf(gate, user.accessToken)).toMatchObject({ reason: 'INVALID' });
  });

  it('B12 refuses no token while the signing keys are rotated by schedule', async () => {
    const gate = await openCurrentGate();
    const user = await registerUser(url());
    let { accessToken, refreshToken } = user;
    await send(url(1), ROTATE_KEY, {}, bearer((await login(url())).accessToken));
    await ageKeys(database(), PUBLICATION_LEAD);
    const { kid } = decodeProtectedHeader(user.accessToken);
    while (decodeProtectedHeader(accessToken).kid === kid) {
      expect(await refusalOf(gate, accessToken)).toBeUndefined();
      ({ accessToken, refreshToken } = tokensOf(await refreshWith(url(), refreshToken), 'refresh'));
    }
    expect(await refusalOf(gate, accessToken)).toBeUndefined();
    expect(await refusalOf(gate, user.accessToken)).toBeUndefined();
  });

  it('asks about each token once while the feed is away, and knows what ended meanwhile', async () => {
    const gate = await openCurrentGate();
    const user = await registerUser(url());
    const ended = await registerUser(url());
    expect(await refusalOf(gate, ended.accessToken)).toBeUndefined();
    front.cut(FEED);
    await send(url(), LOGOUT, { input: { refreshToken: ended.refreshToken } });
    await until(async () => !gate.isCurrent);
    const before = front.count(INTROSPECT);
    const answers = await Promise.all(Array.from({ length: 200 }, () => refusalOf(gate, user.accessToken)));
    expect(new Set(answers)).toEqual(new Set([undefined]));
    expect(front.count(INTROSPECT)).toBe(before + 1);
    expect(await refusalOf(gate, ended.accessToken)).toMatchObject({ reason: 'INVALID' });
  });

  it('lets nobody in, and calls nobody signed out, when the issuer is away; and recovers by itself', async () => {
    const gate = await openCurrentGate();
    const user = await registerUser(url());
    expect(await refusalOf(gate, user.accessToken)).toBeUndefined();
    front.cut();
    await until(async () => !gate.isCurrent);
    expect(await refusalOf(gate, user.accessToken)).toMatchObject({ code: 'UNAVAILABLE' });
    front.mend();
    await until(async () => gate.isCurrent);
    expect(await refusalOf(gate, user.accessToken)).toBeUndefined();
  });

  it('goes on where it was when the feed comes back: what ended meanwhile is refused', async () => {
    const gate = await openCurrentGate();
    const user = await registerUser(url());
    const ended = await registerUser(url());
    front.cut();
    await send(url(), REVOKE_ALL, { userId: ended.userId }, bearer((await login(url())).accessToken));
    front.mend();
    await until(async () => gate.isCurrent);
    await refused(gate, ended.accessToken);
    expect(await refusalOf(gate, ended.accessToken)).toMatchObject({ reason: 'SESSION_ENDED' });
    expect(await refusalOf(gate, user.accessToken)).toBeUndefined();
  });

  it('says nothing when a subscription has had its time, and comes back', async () => {
    const told: unknown[] = [];
    const gate = await openCurrentGate({ onFailure: (error) => told.push(error) });
    const user = await registerUser(url());
    const before = front.count(FEED);
    front.endOpen(FEED);
    await until(async () => front.count(FEED) > before && gate.isCurrent);
    expect(await refusalOf(gate, user.accessToken)).toBeUndefined();
    expect(told).toEqual([]);
  });

  it('B12 fetches the keys once, however many tokens name a key that nobody has', async () => {
    const gate = await openCurrentGate();
    const user = await registerUser(url());
    const before = front.count(JWKS);
    const strange = () => withKid(user.accessToken, randomBytes(32).toString('base64url'));
    for (let round = 0; round < 10; round++) {
      const answers = await Promise.all(Array.from({ length: 100 }, () => refusalOf(gate, strange())));
      for (const answer of answers)
        expect(answer).toMatchObject({ code: 'UNAUTHENTICATED', reason: 'INVALID' });
    }
    expect(front.count(JWKS) - before).toBeLessThanOrEqual(1);
    expect(await refusalOf(gate, user.accessToken)).toBeUndefined();
  });

  it('lets nobody in by a credential that the issuer does not know', async () => {
    const told: unknown[] = [];
    const gate = openGate({ clientSecret: 'wrong', onFailure: (error) => told.push(error) });
    const user = await registerUser(url());
    await until(async () => told.length > 0);
    expect(String(told[0])).toContain('401');
    expect(await refusalOf(gate, user.accessToken)).toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('takes tokens that are meant for it alone', async () => {
    const user = await registerUser(url());
    expect(
      await refusalOf(await openCurrentGate({ audience: 'https://shop.example' }), user.accessToken),
    ).toEqual({
      code: 'UNAUTHENTICATED',
      reason: 'INVALID',
    });
    const gate = await openCurrentGate({ audience: ['https://shop.example', front.url] });
    expect(await refusalOf(gate, user.accessToken)).toBeUndefined();
  });
});

function withKid(token: string, kid: string): string {
  const [header = '', ...rest] = token.split('.');
  const parsed: object = JSON.parse(Buffer.from(header, 'base64url').toString());
  return [Buffer.from(JSON.stringify({ ...parsed, kid })).toString('base64url'), ...rest].join('.');
}

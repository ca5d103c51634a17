import { decodeJwt } from 'jose';
import { DELETE_USER, SET_ROLES, SET_STATUS } from '../support/administration.ts';
import {
  bearer,
  LOGOUT,
  login,
  REVOKE_SESSION,
  refreshWith,
  registerUser,
  send,
  type Tokens,
  tokensOf,
} from '../support/client.ts';
import { onEachDatabase } from '../support/databases.ts';
import { forgeries, honestTwin } from '../support/forgeries.ts';
import { forgingKit } from '../support/forging-kit.ts';
import { instance, runInstances } from '../support/instances.ts';
import { ROTATE_KEY } from '../support/keys.ts';
import { snapshot } from '../support/rows.ts';
import { runServer } from '../support/running.ts';
import { introspect, newService, type Service } from '../support/service.ts';
import { until } from '../support/until.ts';

const INACTIVE = '{"active":false}';

onEachDatabase('introspection', (database) => {
  const urls = runInstances(database);
  const url = (turn = 0) => instance(urls(), turn);
  let service: Service;
  beforeAll(async () => {
    service = await newService(database());
  });

  /** What every instance says of a token, each answer once. */
  const told = async (token: string) => {
    const answers = await Promise.all(urls().map((each) => introspect(each, service, token)));
    for (const { status, headers } of answers) {
      expect(status).toBe(200);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('content-type')).toMatch(/^application\/json/);
    }
    return [...new Set(answers.map(({ text }) => text))];
  };

  it('tells of a good token what stands in it, and that it is active, at every instance', async () => {
    const { accessToken } = await registerUser(url());
    const answers = await told(accessToken);
    expect(answers).toHaveLength(1);
    expect(JSON.parse(answers[0] ?? '')).toEqual({
      active: true,
      token_type: 'Bearer',
      ...decodeJwt(accessToken),
    });
  });

  const ends: [string, (user: Tokens, admin: Tokens) => Promise<unknown>][] = [
    ['a logout', ({ refreshToken }) => send(url(), LOGOUT, { input: { refreshToken } })],
    [
      'its owner ended it',
      ({ accessToken, sessionId }) => send(url(), REVOKE_SESSION, { id: sessionId }, bearer(accessToken)),
    ],
    [
      'an admin suspended the user',
      ({ userId }, admin) =>
        send(url(), SET_STATUS, { userId, status: 'SUSPENDED' }, bearer(admin.accessToken)),
    ],
    [
      'an admin deleted the user',
      ({ userId }, admin) => send(url(), DELETE_USER, { userId }, bearer(admin.accessToken)),
    ],
    [
      'the roles changed, so that the token is stale',
      ({ userId }, admin) =>
        send(url(), SET_ROLES, { userId, roles: ['USER', 'ADMIN'] }, bearer(admin.accessToken)),
    ],
    ['it passed its deadline', ({ sessionId }) => database().age(sessionId, 8 * 86_400_000)],
  ];

  it.each(ends)(
    'E8 says nothing but that the token is not active, at every instance, after %s',
    async (_, end) => {
      const [user, other, admin] = [await registerUser(url()), await registerUser(url()), await login(url())];
      expect((await introspect(url(), service, user.accessToken)).body).toMatchObject({ active: true });
      await end(user, admin);
      expect(await told(user.accessToken)).toEqual([INACTIVE]);
      expect((await introspect(url(), service, other.accessToken)).body).toMatchObject({ active: true });
    },
  );

  it('E8 says the same of every forged token, but not of the one in which nothing is wrong', async () => {
    const { accessToken } = await registerUser(url());
    const kit = await forgingKit(database(), accessToken);
    for (const { name, token } of await forgeries(kit)) {
      // None is sent, or more than a body may have.
      if (token === '' || token.length > 2 ** 20) continue;
      const { status, text } = await introspect(url(), service, token);
      expect({ name, status, text }).toEqual({ name, status: 200, text: INACTIVE });
    }
    const { body } = await introspect(url(), service, await honestTwin(kit));
    expect(body).toMatchObject({ active: true, jti: decodeJwt(accessToken).jti });
  });

  it('E8 says the same of rubbish, of a refresh token that is good, and of one that is not, and changes nothing', async () => {
    const { refreshToken, accessToken } = await registerUser(url());
    const before = await snapshot(database());
    for (const token of [
      refreshToken,
      `${refreshToken.slice(0, -4)}AAAA`,
      'x',
      '...',
      ' ',
      `${accessToken}\n`,
    ])
      expect(await told(token)).toEqual([INACTIVE]);
    expect(await snapshot(database())).toBe(before);
    expect(tokensOf(await refreshWith(url(), refreshToken), 'refresh')).toMatchObject({});
  });

  it('E8 says it of tokens whose key was revoked at another instance, though the session lives', async () => {
    const [user, admin] = [await registerUser(url()), await login(url())];
    expect((await introspect(url(1), service, user.accessToken)).body).toMatchObject({ active: true });
    await send(url(), ROTATE_KEY, { revokePrevious: true }, bearer(admin.accessToken));
    expect(await told(user.accessToken)).toEqual([INACTIVE]);
    const renewed = tokensOf(await refreshWith(url(), user.refreshToken), 'refresh');
    expect((await introspect(url(1), service, renewed.accessToken)).body).toMatchObject({ active: true });
  });

  it('E1 of fifty introspections at once beside a logout none that is sent after its answer says active', async () => {
    const user = await registerUser(url());
    const ask = (turn: number) => introspect(url(turn), service, user.accessToken);
    const early = Array.from({ length: 50 }, (_, turn) => ask(turn));
    await send(url(), LOGOUT, { input: { refreshToken: user.refreshToken } });
    const late = await Promise.all(Array.from({ length: 50 }, (_, turn) => ask(turn)));
    expect(new Set(late.map(({ text }) => text))).toEqual(new Set([INACTIVE]));
    expect(new Set((await Promise.all(early)).map(({ status }) => status))).toEqual(new Set([200]));
  });
});

onEachDatabase('introspection of a token that expires', (database) => {
  const server = runServer(database, { ACCESS_TOKEN_TTL: '2s' });

  it('E8 says active until then, and no longer', async () => {
    const service = await newService(database());
    const { accessToken } = await registerUser(server().url);
    const ask = () => introspect(server().url, service, accessToken);
    expect((await ask()).body).toMatchObject({ active: true });
    await until(async () => (await ask()).body.active === false);
    expect((await ask()).text).toBe(INACTIVE);
    expect(Date.now() / 1000).toBeGreaterThanOrEqual((decodeJwt(accessToken).exp ?? 0) - 1);
  });
});

onEachDatabase('introspection with FRESHNESS=bounded', (database) => {
  const urls = runInstances(database, { FRESHNESS: 'bounded' });

  it('E8 asks the database nevertheless: a token that was ended at one instance is not active at any', async () => {
    const service = await newService(database());
    const user = await registerUser(instance(urls(), 0));
    await send(instance(urls(), 0), LOGOUT, { input: { refreshToken: user.refreshToken } });
    for (const url of urls()) expect((await introspect(url, service, user.accessToken)).text).toBe(INACTIVE);
  });
});

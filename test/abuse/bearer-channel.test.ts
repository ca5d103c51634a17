import { postRaw, send as sendHttp } from '../http/client.ts';
import { bearer, ME, REVOKE_OTHERS, registerUser, send, type Tokens } from '../support/client.ts';
import { snapshot } from '../support/rows.ts';
import { onSqlite, runServer } from '../support/running.ts';

const MISSING = { code: 'UNAUTHENTICATED', reason: 'MISSING' };
const INVALID = { code: 'UNAUTHENTICATED', reason: 'INVALID' };

onSqlite('the channel of the access token', (database) => {
  const server = runServer(database);
  let user: Tokens;
  let other: Tokens;
  beforeAll(async () => {
    user = await registerUser(server().url);
    other = await registerUser(server().url);
  });
  const port = () => Number(new URL(server().url).port);
  const body = (more: object = {}) => JSON.stringify({ query: ME, ...more });
  const json = { 'content-type': 'application/json' };
  const refusalOf = (text: string) => JSON.parse(text).errors?.[0]?.extensions;

  it('B11 is the header: a token in the query string of a POST or a GET is not looked at', async () => {
    for (const name of ['access_token', 'authorization', 'token', 'Authorization']) {
      const value = encodeURIComponent(
        name.startsWith('a') ? user.accessToken : `Bearer ${user.accessToken}`,
      );
      const path = `/graphql?${name}=${value}`;
      const posted = await sendHttp(port(), { method: 'POST', path, headers: json, body: body() });
      expect(refusalOf(posted.text)).toEqual(MISSING);
      const got = await sendHttp(port(), {
        path: `${path}&query=${encodeURIComponent(ME)}`,
        headers: { 'apollo-require-preflight': '1' },
      });
      expect(refusalOf(got.text)).toEqual(MISSING);
    }
    const honest = await sendHttp(port(), {
      path: `/graphql?query=${encodeURIComponent(ME)}`,
      headers: { 'apollo-require-preflight': '1', ...bearer(user.accessToken) },
    });
    expect(refusalOf(honest.text)).toBeUndefined();
  });

  it('B11 is neither the body nor a cookie nor another header', async () => {
    const bearerText = `Bearer ${user.accessToken}`;
    const places = [
      { body: body({ access_token: user.accessToken, authorization: bearerText }) },
      { body: body({ extensions: { authorization: bearerText }, variables: { authorization: bearerText } }) },
      { headers: { cookie: `access_token=${user.accessToken}; Authorization=${bearerText}` } },
      { headers: { 'x-authorization': bearerText, 'x-forwarded-authorization': bearerText } },
      { headers: { 'proxy-authorization': bearerText, 'x-access-token': user.accessToken } },
    ];
    for (const place of places) {
      const headers = { ...json, ...place.headers };
      const answer = await sendHttp(port(), {
        method: 'POST',
        path: '/graphql',
        headers,
        body: place.body ?? body(),
      });
      expect(refusalOf(answer.text)).toEqual(MISSING);
    }
  });

  it('B11 refuses two Authorization headers, equal ones too, whichever of them is good', async () => {
    const before = await snapshot(database());
    const [mine, theirs] = [user, other].map(({ accessToken }) => `Authorization: Bearer ${accessToken}`);
    const pairs = [
      [mine, mine],
      [mine, theirs],
      [mine, 'Authorization: Bearer x'],
      ['Authorization: Bearer x', mine],
      [mine, 'AUTHORIZATION: Basic eDp5'],
      ['authorization:', mine],
    ];
    for (const lines of pairs) {
      const text = await postRaw(port(), lines.map(String));
      expect(text).toContain('HTTP/1.1 400');
      expect(text).toContain('"code":"BAD_REQUEST"');
      expect(text).not.toContain('"me":{');
    }
    expect(await snapshot(database())).toBe(before);
    expect(await postRaw(port(), [String(mine)])).toContain('"me":{');
  });

  it('B11 takes two tokens in one header for no token', async () => {
    const both = `Bearer ${user.accessToken}, Bearer ${other.accessToken}`;
    expect((await send(server().url, ME, {}, { authorization: both })).refusal).toEqual(INVALID);
  });

  it('B5 denies a refresh token as bearer, in a query and in a mutation', async () => {
    const before = await snapshot(database());
    for (const query of [ME, REVOKE_OTHERS]) {
      expect((await send(server().url, query, {}, bearer(user.refreshToken))).refusal).toEqual(INVALID);
      expect((await send(server().url, query, {}, bearer(user.refreshToken.slice(4)))).refusal).toEqual(
        INVALID,
      );
    }
    expect(await snapshot(database())).toBe(before);
    expect((await send(server().url, ME, {}, bearer(user.accessToken))).errors).toBeUndefined();
  });

  it('B11 leaves none of the tokens in the log, wherever they came', () => {
    const text = server().logText();
    expect(text).toContain('"path":"/graphql"');
    for (const secret of [user, other].flatMap((tokens) => [tokens.accessToken, tokens.refreshToken])) {
      expect(text).not.toContain(secret);
      expect(text).not.toContain(secret.slice(-30));
    }
  });
});

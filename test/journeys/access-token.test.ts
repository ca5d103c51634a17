import {
  calculateJwkThumbprint,
  createRemoteJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  jwtVerify,
} from 'jose';
import { bearer, login, ME, refreshWith, registerUser, send } from '../support/client.ts';
import { onEachDatabase } from '../support/databases.ts';
import { changeRoles, sessionRow, userRow } from '../support/rows.ts';
import { onSqlite, runServer } from '../support/running.ts';

const ISSUER = 'http://localhost:4000';
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

onEachDatabase('the access token', (database) => {
  const server = runServer(database);

  it('is an RFC 9068 token with exactly the claims of the contract', async () => {
    const user = await registerUser(server().url);
    const header = decodeProtectedHeader(user.accessToken);
    expect(header).toEqual({ alg: 'EdDSA', typ: 'at+jwt', kid: expect.stringMatching(/^[\w-]{43}$/) });
    const session = await sessionRow(database(), user.sessionId);
    const created = Math.floor(Number(session['created_at']) / 1000);
    expect(decodeJwt(user.accessToken)).toEqual({
      iss: ISSUER,
      aud: ISSUER,
      sub: user.userId,
      sid: user.sessionId,
      jti: expect.stringMatching(UUID),
      iat: created,
      exp: created + 300,
      auth_time: created,
      ver: Number((await userRow(database(), user.userId))['token_version']),
      roles: ['USER'],
    });
  });

  it('verifies against the published keys, which hold no private part', async () => {
    const user = await registerUser(server().url);
    const jwksUrl = new URL(`${server().url}/.well-known/jwks.json`);
    const { payload } = await jwtVerify(user.accessToken, createRemoteJWKSet(jwksUrl), {
      issuer: ISSUER,
      audience: ISSUER,
      typ: 'at+jwt',
      algorithms: ['EdDSA'],
      requiredClaims: ['sub', 'sid', 'jti', 'ver', 'auth_time', 'roles'],
    });
    expect(payload.sub).toBe(user.userId);

    const { keys } = (await (await fetch(jwksUrl)).json()) as { keys: Record<string, string>[] };
    const [key = {}] = keys;
    expect(keys).toHaveLength(1);
    expect(key).toEqual({
      kty: 'OKP',
      crv: 'Ed25519',
      x: expect.any(String),
      kid: await calculateJwkThumbprint({ kty: 'OKP', crv: 'Ed25519', x: key['x'] ?? '' }),
      use: 'sig',
      alg: 'EdDSA',
    });
    expect(decodeProtectedHeader(user.accessToken).kid).toBe(key['kid']);
  });

  it('is a new one at every refresh, of the same session and the same auth_time', async () => {
    const user = await registerUser(server().url);
    await database().age(user.sessionId, 100_000);
    const first = decodeJwt(user.accessToken);
    const answer = await refreshWith(server().url, user.refreshToken);
    const second = decodeJwt(answer.data.refresh.accessToken);
    expect(second['sid']).toBe(first['sid']);
    expect(second.jti).not.toBe(first.jti);
    expect(Number(second.iat)).toBeGreaterThanOrEqual(Number(first.iat));
    expect(second['auth_time']).toBe(Number(first['auth_time']) - 100);
  });

  it('carries the roles and the version that the account has when it is issued', async () => {
    const user = await registerUser(server().url);
    await changeRoles(database(), user.userId, 'USER,ADMIN');
    const answer = await refreshWith(server().url, user.refreshToken);
    expect(decodeJwt(answer.data.refresh.accessToken)).toMatchObject({
      roles: ['USER', 'ADMIN'],
      ver: Number(decodeJwt(user.accessToken)['ver']) + 1,
    });
    expect(decodeJwt((await login(server().url)).accessToken)['roles']).toEqual(['USER', 'ADMIN']);
  });

  it('is taken from the header alone, whatever the case of its scheme', async () => {
    const { accessToken } = await registerUser(server().url);
    for (const scheme of ['Bearer', 'bearer', 'BEARER', 'Bearer  ']) {
      const answer = await send(server().url, ME, {}, { authorization: `${scheme} ${accessToken}` });
      expect(answer.errors).toBeUndefined();
    }
    const others = [accessToken, `Basic ${accessToken}`, `DPoP ${accessToken}`, `Bearer${accessToken}`];
    for (const authorization of others) {
      const answer = await send(server().url, ME, {}, { authorization });
      expect(answer.refusal).toEqual({ code: 'UNAUTHENTICATED', reason: 'MISSING' });
    }
  });
});

onSqlite('the access token of a session near its deadline', (database) => {
  const server = runServer(database, { SESSION_IDLE_TTL: '2m', ACCESS_TOKEN_TTL: '5m' });

  it('expires with the session, not after it', async () => {
    const user = await registerUser(server().url);
    const { exp = 0 } = decodeJwt(user.accessToken);
    const { idle_expires_at: deadline } = await sessionRow(database(), user.sessionId);
    expect(exp).toBe(Math.floor(Number(deadline) / 1000));
    const answer = await refreshWith(server().url, user.refreshToken);
    const { accessToken, expiresIn, session } = answer.data.refresh;
    const claims = decodeJwt(accessToken);
    expect(expiresIn).toBe(Number(claims.exp) - Number(claims.iat));
    expect(expiresIn).toBeLessThanOrEqual(120);
    expect(Number(claims.exp) * 1000).toBeLessThanOrEqual(Date.parse(session.idleExpiresAt));
  });
});

onSqlite('the access token for several applications', (database) => {
  const server = runServer(database, { AUDIENCE: 'https://a.example.com,https://b.example.com' });

  it('names all of them, and is ours when it names one', async () => {
    const user = await registerUser(server().url);
    expect(decodeJwt(user.accessToken).aud).toEqual(['https://a.example.com', 'https://b.example.com']);
    expect((await send(server().url, ME, {}, bearer(user.accessToken))).errors).toBeUndefined();
  });
});

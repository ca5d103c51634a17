import { createRemoteJWKSet, decodeProtectedHeader, type JWTVerifyGetKey, jwtVerify, SignJWT } from 'jose';
import { LAST_TOKEN, PUBLICATION_LEAD } from '../../src/keys/key-state.ts';
import { auditedBy, claimsOf } from '../support/administration.ts';
import {
  bearer,
  LOGOUT,
  login,
  ME,
  REVOKE_SESSION,
  refreshWith,
  registerUser,
  send,
  type Tokens,
  tokensOf,
} from '../support/client.ts';
import { onEachDatabase } from '../support/databases.ts';
import { forgingKit } from '../support/forging-kit.ts';
import { ageKeys, publishedKids, ROTATE_KEY, SIGNING_KEYS } from '../support/keys.ts';
import { snapshot } from '../support/rows.ts';
import { runServer } from '../support/running.ts';

const SECOND = 1_000;

const kidOf = ({ accessToken }: { accessToken: string }) => decodeProtectedHeader(accessToken).kid;

onEachDatabase('rotateSigningKey', (database) => {
  const server = runServer(database);
  const me = (accessToken: string) => send(server().url, ME, {}, bearer(accessToken));
  const rotate = async (revokePrevious?: boolean) => {
    const admin = await login(server().url);
    const answer = await send(server().url, ROTATE_KEY, { revokePrevious }, bearer(admin.accessToken));
    return { admin, key: answer.data?.rotateSigningKey, refusal: answer.refusal };
  };
  /** So that no test finds a key of another one: one key, which signs. */
  beforeEach(async () => {
    await ageKeys(database(), PUBLICATION_LEAD + LAST_TOKEN);
  });

  it('is followed by signingKeys: newest first, with the state in which each of them is', async () => {
    const states = async () => {
      const { accessToken } = await login(server().url);
      const answer = await send(server().url, SIGNING_KEYS, {}, bearer(accessToken));
      return answer.data.signingKeys.map(({ id, state }: { id: string; state: string }) => [id, state]);
    };
    const [first] = await publishedKids(server().url);
    expect(await states()).toEqual([[first, 'ACTIVE']]);
    const { key: next } = await rotate();
    expect(await states()).toEqual([
      [next.id, 'NEXT'],
      [first, 'ACTIVE'],
    ]);
    await ageKeys(database(), PUBLICATION_LEAD);
    expect(await states()).toEqual([
      [next.id, 'ACTIVE'],
      [first, 'RETIRING'],
    ]);
    const { key: last } = await rotate(true);
    expect(await states()).toEqual([
      [last.id, 'ACTIVE'],
      [next.id, 'REVOKED'],
      [first, 'REVOKED'],
    ]);
    await ageKeys(database(), LAST_TOKEN);
    expect(await states()).toEqual([[last.id, 'ACTIVE']]);
  });

  it('publishes before it signs, and the old key verifies until its last token is gone', async () => {
    const early = await registerUser(server().url);
    const [old] = await publishedKids(server().url);
    const { key } = await rotate();
    expect(key).toMatchObject({ algorithm: 'EdDSA', state: 'NEXT' });
    const lead = Date.parse(key.activeFrom) - Date.parse(key.createdAt);
    expect(lead).toBe(PUBLICATION_LEAD);
    expect(await publishedKids(server().url)).toEqual([key.id, old]);

    await ageKeys(database(), PUBLICATION_LEAD - 30 * SECOND);
    expect(kidOf(await login(server().url, early))).toBe(old);
    await ageKeys(database(), 30 * SECOND);
    const late = await login(server().url, early);
    expect(kidOf(late)).toBe(key.id);
    for (const { accessToken } of [early, late]) expect((await me(accessToken)).errors).toBeUndefined();

    await ageKeys(database(), LAST_TOKEN - 30 * SECOND);
    expect(await publishedKids(server().url)).toEqual([key.id, old]);
    await ageKeys(database(), 30 * SECOND);
    expect(await publishedKids(server().url)).toEqual([key.id]);
    expect((await me(early.accessToken)).refusal).toEqual({ code: 'UNAUTHENTICATED', reason: 'INVALID' });
    expect((await me(late.accessToken)).errors).toBeUndefined();
  });

  it('answers with the key that waits already, and changes nothing then', async () => {
    const { key } = await rotate();
    const admin = await login(server().url);
    const before = await snapshot(database());
    const again = await send(server().url, ROTATE_KEY, {}, bearer(admin.accessToken));
    expect(again.data.rotateSigningKey).toEqual(key);
    expect(await snapshot(database())).toBe(before);
  });

  it('is known to a service that verifies by the JWKS before its first token comes', async () => {
    const { url, issuer } = server();
    const verify = (keys: JWTVerifyGetKey, { accessToken }: Tokens) =>
      jwtVerify(accessToken, keys, { issuer, audience: issuer, typ: 'at+jwt' });
    const user = await registerUser(url);
    const fetched = async () => {
      const keys = createRemoteJWKSet(new URL(`${url}/.well-known/jwks.json`));
      await verify(keys, user);
      return keys;
    };
    const before = await fetched();
    await rotate();
    const meanwhile = await fetched();
    await ageKeys(database(), PUBLICATION_LEAD);
    const tokens = await login(url, user);
    expect((await verify(meanwhile, tokens)).payload.sub).toBe(user.userId);
    // What the lead is for: this one may not fetch again for half a minute after it did.
    await expect(verify(before, tokens)).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' });
  });

  it('is in the security log once', async () => {
    let key: { id: string; activeFrom: string } | undefined;
    let actorId = '';
    const events = await auditedBy(server(), database(), async () => {
      const rotated = await rotate();
      key = rotated.key;
      actorId = rotated.admin.userId;
    });
    expect(events.filter(({ type }) => type === 'KEY_ROTATED')).toEqual([
      expect.objectContaining({
        actorId,
        userId: null,
        sessionId: null,
        ipAddress: '127.0.0.1',
        detail: `${key?.id} from ${key?.activeFrom} on`,
      }),
    ]);
  });
});

onEachDatabase('rotateSigningKey(revokePrevious: true)', (database) => {
  const server = runServer(database);
  const me = (accessToken: string) => send(server().url, ME, {}, bearer(accessToken));
  const rotate = async (revokePrevious: boolean) => {
    const admin = await login(server().url);
    const answer = await send(server().url, ROTATE_KEY, { revokePrevious }, bearer(admin.accessToken));
    return { admin, key: answer.data.rotateSigningKey };
  };
  const STALE = { code: 'UNAUTHENTICATED', reason: 'STALE' };
  const INVALID = { code: 'UNAUTHENTICATED', reason: 'INVALID' };

  it('refuses every token issued before at once, the admin’s too, and a refresh goes on', async () => {
    const user = await registerUser(server().url);
    const { admin, key } = await rotate(true);
    expect(key).toMatchObject({ state: 'ACTIVE' });
    expect(key.activeFrom).toBe(key.createdAt);
    for (const { accessToken } of [user, admin]) expect((await me(accessToken)).refusal).toEqual(STALE);
    const refreshed = tokensOf(await refreshWith(server().url, user.refreshToken), 'refresh');
    expect(kidOf(refreshed)).toBe(key.id);
    expect((await me(refreshed.accessToken)).errors).toBeUndefined();
    expect(refreshed.sessionId).toBe(user.sessionId);
    expect(await publishedKids(server().url)).toEqual([key.id]);
  });

  it('kills the key that waits for its time too, and erases every private part', async () => {
    const { key: waiting } = await rotate(false);
    const { key } = await rotate(true);
    await ageKeys(database(), PUBLICATION_LEAD);
    expect(await publishedKids(server().url)).toEqual([key.id]);
    expect(kidOf(await login(server().url))).toBe(key.id);
    const dead = await database().query("SELECT * FROM signing_keys WHERE state = 'REVOKED'");
    expect(dead.map(({ id }) => id)).toContain(waiting.id);
    for (const row of dead) expect(row['encrypted_private_jwk']).toBe('');
  });

  it('says of a session that has ended that it has, whatever became of the key', async () => {
    const user = await registerUser(server().url);
    await send(server().url, REVOKE_SESSION, { id: user.sessionId }, bearer(user.accessToken));
    await rotate(true);
    expect((await me(user.accessToken)).refusal).toMatchObject({ reason: 'SESSION_ENDED' });
  });

  it('leaves a thief of the key nothing: no field, no logout, no token of the time after', async () => {
    const user = await registerUser(server().url);
    const { privateKey, kid } = await forgingKit(database(), user.accessToken);
    const forge = (change: object) =>
      new SignJWT({ ...claimsOf(user.accessToken), ...change })
        .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid })
        .sign(privateKey);
    const inADay = Math.floor(Date.now() / 1000) + 86_400;
    const stolen = await forge({ exp: inADay });
    expect((await me(stolen)).errors).toBeUndefined();
    await rotate(true);
    const refreshed = tokensOf(await refreshWith(server().url, user.refreshToken), 'refresh');
    expect((await me(stolen)).refusal).toEqual(STALE);
    const fresh = await forge({ exp: inADay, iat: Math.floor(Date.now() / 1000) });
    expect((await me(fresh)).refusal).toEqual(STALE);
    expect((await send(server().url, LOGOUT, {}, bearer(fresh))).data).toEqual({ logout: { ended: false } });
    expect((await me(refreshed.accessToken)).errors).toBeUndefined();
    const honest = await send(server().url, LOGOUT, {}, bearer(refreshed.accessToken));
    expect(honest.data).toEqual({ logout: { ended: true } });

    await ageKeys(database(), LAST_TOKEN);
    expect((await me(fresh)).refusal).toEqual(INVALID);
  });

  it('is in the security log with the keys that it killed', async () => {
    const doomed = await publishedKids(server().url);
    let kid = '';
    const events = await auditedBy(server(), database(), async () => {
      kid = (await rotate(true)).key.id;
    });
    expect(events.filter(({ type }) => type === 'KEY_ROTATED')).toMatchObject([
      { detail: `${kid} at once; revoked: ${doomed.join(' ')}` },
    ]);
  });
});

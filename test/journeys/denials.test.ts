import {
  bearer,
  LOGOUT,
  login,
  ME,
  REVOKE_ALL,
  REVOKE_SESSION,
  registerUser,
  send,
  type Tokens,
} from '../support/client.ts';
import { onEachDatabase } from '../support/databases.ts';
import { Forge } from '../support/forgeries/forge.ts';
import { forgingKit } from '../support/forging-kit.ts';
import { changeRoles, changeUser } from '../support/rows.ts';
import { onSqlite, runServer } from '../support/running.ts';

const WEEK = 7 * 86_400_000;
const reason = (text: string) => ({ code: 'UNAUTHENTICATED', reason: text });
const ended = (endReason: string) => ({
  ...reason('SESSION_ENDED'),
  endReason,
  endedAt: expect.any(String),
});

onEachDatabase('the order of denials', (database) => {
  const server = runServer(database);
  const revokeAll = (accessToken: string, userId: string) =>
    send(server().url, REVOKE_ALL, { userId }, bearer(accessToken));
  const refusalOf = async (accessToken: string) =>
    (await send(server().url, ME, {}, bearer(accessToken))).refusal;
  const forgeFor = async (tokens: Tokens) => new Forge(await forgingKit(database(), tokens.accessToken));

  it('MISSING comes first, of an operation for admins too', async () => {
    const { userId } = await registerUser(server().url);
    expect((await send(server().url, REVOKE_ALL, { userId })).refusal).toEqual(reason('MISSING'));
  });

  it('INVALID comes before EXPIRED: a forged token does not learn that it is old', async () => {
    const user = await registerUser(server().url);
    const forge = await forgeFor(user);
    const past = { exp: Number(forge.claims['iat']) - 60 };
    expect(await refusalOf(await forge.withClaims(past))).toEqual(reason('EXPIRED'));
    const forged = forge.signAsAttacker(forge.header, { ...forge.claims, ...past });
    expect(await refusalOf(forged)).toEqual(reason('INVALID'));
    expect(await refusalOf(await forge.withClaims({ ...past, aud: 'x' }))).toEqual(reason('INVALID'));
  });

  it('EXPIRED comes before SESSION_ENDED', async () => {
    const user = await registerUser(server().url);
    const forge = await forgeFor(user);
    const old = await forge.withClaims({ exp: Number(forge.claims['iat']) - 60 });
    await send(server().url, LOGOUT, { input: { refreshToken: user.refreshToken } });
    expect(await refusalOf(old)).toEqual(reason('EXPIRED'));
    expect(await refusalOf(user.accessToken)).toEqual(ended('LOGOUT'));
  });

  it('SESSION_ENDED comes before STALE', async () => {
    const user = await registerUser(server().url);
    await changeRoles(database(), user.userId, 'USER');
    expect(await refusalOf(user.accessToken)).toEqual(reason('STALE'));
    await send(server().url, LOGOUT, { input: { refreshToken: user.refreshToken } });
    expect(await refusalOf(user.accessToken)).toEqual(ended('LOGOUT'));
  });

  it('a written ending comes before a computed one, and a deadline before a suspension', async () => {
    const user = await registerUser(server().url);
    const idle = await login(server().url, user);
    const out = await login(server().url, user);
    await send(server().url, LOGOUT, { input: { refreshToken: out.refreshToken } });
    await database().age(idle.sessionId, WEEK);
    await changeUser(database(), user.userId, { status: 'SUSPENDED' });
    expect(await refusalOf(out.accessToken)).toEqual(ended('LOGOUT'));
    expect(await refusalOf(idle.accessToken)).toEqual(ended('IDLE_TIMEOUT'));
    expect(await refusalOf(user.accessToken)).toEqual(ended('USER_SUSPENDED'));
  });

  it('STALE comes before FORBIDDEN, and FORBIDDEN is what a user without the role gets', async () => {
    const user = await registerUser(server().url);
    expect((await revokeAll(user.accessToken, user.userId)).refusal).toEqual({ code: 'FORBIDDEN' });
    await changeRoles(database(), user.userId, 'USER');
    expect((await revokeAll(user.accessToken, user.userId)).refusal).toEqual(reason('STALE'));
  });

  it('FORBIDDEN comes before what the operation would say of its arguments', async () => {
    const user = await registerUser(server().url);
    expect((await revokeAll(user.accessToken, 'no id')).refusal).toEqual({ code: 'FORBIDDEN' });
    const { accessToken } = await login(server().url);
    expect((await revokeAll(accessToken, 'no id')).refusal).toEqual({ code: 'NOT_FOUND' });
  });

  it('a token of the server’s own key for a session or a user that does not exist is INVALID', async () => {
    const user = await registerUser(server().url);
    const other = await registerUser(server().url);
    const forge = await forgeFor(user);
    const unknown = '01890a5d-ac96-774b-bcce-b302099a8057';
    for (const change of [
      { sid: unknown },
      { sub: unknown },
      { sub: other.userId },
      { sid: other.sessionId },
    ])
      expect(await refusalOf(await forge.withClaims(change))).toEqual(reason('INVALID'));
    expect(await refusalOf(await forge.withClaims({}))).toBeUndefined();
  });

  it('another version is STALE, a higher one that was never issued too; roles are the row’s, not the token’s', async () => {
    const user = await registerUser(server().url);
    const forge = await forgeFor(user);
    const ver = Number(forge.claims['ver']);
    for (const other of [0, ver - 1, ver + 1].filter((each) => each >= 0))
      expect(await refusalOf(await forge.withClaims({ ver: other }))).toEqual(reason('STALE'));
    const elevated = await forge.withClaims({ roles: ['USER', 'ADMIN'] });
    expect((await revokeAll(elevated, user.userId)).refusal).toEqual({ code: 'FORBIDDEN' });
  });
});

onSqlite('what every answer has in common', (database) => {
  const server = runServer(database);

  it('is HTTP 200 for what execution found, and 4xx for a request that was refused before', async () => {
    const user = await registerUser(server().url);
    const denied = await send(server().url, ME);
    expect([denied.status, denied.data]).toEqual([200, null]);
    const unknown = await send(server().url, REVOKE_SESSION, { id: 'x' }, bearer(user.accessToken));
    expect(unknown.status).toBe(200);
    const cases: [string, object, string][] = [
      ['{ me {', {}, 'GRAPHQL_PARSE_FAILED'],
      ['{ me { passwordHash } }', {}, 'GRAPHQL_VALIDATION_FAILED'],
      ['{ you }', {}, 'GRAPHQL_VALIDATION_FAILED'],
      [REVOKE_SESSION, {}, 'BAD_USER_INPUT'],
      ['query a { me { id } } query b { me { id } }', {}, 'OPERATION_RESOLUTION_FAILURE'],
      ['', {}, 'BAD_REQUEST'],
    ];
    for (const [query, variables, code] of cases) {
      const answer = await send(server().url, query, variables, bearer(user.accessToken));
      expect([answer.status, answer.refusal?.['code']]).toEqual([400, code]);
      expect(answer.data).toBeUndefined();
    }
  });

  it('names the path of the denied field, and neither stack nor source', async () => {
    const answer = await send(server().url, '{ self: me { id } }');
    expect(answer.errors).toEqual([
      {
        message: 'No token was presented.',
        locations: [{ line: 1, column: 3 }],
        path: ['self'],
        extensions: reason('MISSING'),
      },
    ]);
  });

  it('leaves __typename open, as it says nothing', async () => {
    expect((await send(server().url, '{ __typename }')).data).toEqual({ __typename: 'Query' });
    expect((await send(server().url, 'mutation { __typename }')).data).toEqual({ __typename: 'Mutation' });
  });

  it('gives nothing of a document of which one field is denied but what stands beside it', async () => {
    const answer = await send(server().url, '{ __typename me { id } }');
    expect(answer.data).toBeNull();
    expect(answer.refusal).toEqual(reason('MISSING'));
  });
});

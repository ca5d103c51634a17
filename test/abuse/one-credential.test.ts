import { send as sendHttp } from '../http/client.ts';
import { bearer, LOGIN, ME, REFRESH, registerUser, send, type Tokens } from '../support/client.ts';
import { auditOf, snapshot } from '../support/rows.ts';
import { onSqlite, runServer } from '../support/running.ts';

const GUESS = (alias: string, password = 'guess') =>
  `${alias}: login(input: { email: "admin@example.com", password: "${password}", transport: BODY }) { accessToken }`;

const logins = (count: number) => Array.from({ length: count }, (_, n) => GUESS(`g${n}`)).join(' ');

onSqlite('A7 more than one credential check in a request', (database) => {
  const server = runServer(database);
  let user: Tokens & { email: string; password: string };
  beforeAll(async () => {
    user = await registerUser(server().url);
  });

  const documents = (): [string, string][] => {
    const { refreshToken } = user;
    const refresh = `refresh(input: { refreshToken: "${refreshToken}" }) { accessToken }`;
    const logout = `logout(input: { refreshToken: "${refreshToken}" }) { ended }`;
    const register =
      'register(input: { email: "a7@example.com", password: "a seventh account", transport: BODY }) { accessToken }';
    const proof = 'reauthenticate(password: "guess") { accessToken }';
    const change =
      'changePassword(input: { currentPassword: "guess", newPassword: "vexing plumb quartz" }) { accessToken }';
    return [
      ['thirty aliased logins', `mutation { ${logins(30)} }`],
      ['two logins', `mutation { ${GUESS('a')} ${GUESS('b')} }`],
      ['the same login twice', `mutation { ${GUESS('a')} ${GUESS('a')} }`],
      ['login and register', `mutation { ${GUESS('a')} ${register} }`],
      ['login and refresh', `mutation { ${GUESS('a')} ${refresh} }`],
      ['refresh and logout', `mutation { ${refresh} ${logout} }`],
      ['refresh twice', `mutation { a: ${refresh} b: ${refresh} }`],
      ['two proofs of a signed-in user', `mutation { a: ${proof} b: ${proof} }`],
      ['proof and change of the password', `mutation { ${proof} ${change} }`],
      ['login and change of the password', `mutation { ${GUESS('a')} ${change} }`],
      ['one in a fragment', `mutation { ${GUESS('a')} ...F } fragment F on Mutation { ${GUESS('b')} }`],
      ['both in inline fragments', `mutation { ... { ${GUESS('a')} } ... on Mutation { ${GUESS('b')} } }`],
      [
        'one under @include',
        `mutation { ${GUESS('a')} ${GUESS('b').replace('{ acc', '@include(if: true) { acc')} }`,
      ],
      ['in two operations', `mutation a { ${GUESS('x')} } mutation b { ${GUESS('y')} }`],
    ];
  };

  it('is refused before execution, whatever it is wrapped in: nothing is hashed, nothing changes', async () => {
    const before = await snapshot(database());
    for (const [name, query] of documents()) {
      const answer = await sendHttp(Number(new URL(server().url).port), {
        method: 'POST',
        path: '/graphql',
        headers: { 'content-type': 'application/json', ...bearer(user.accessToken) },
        body: JSON.stringify({ query, operationName: query.includes('mutation a') ? 'a' : undefined }),
      });
      const { errors } = answer.json() as { errors: { extensions: { code: string } }[] };
      expect({ name, status: answer.status, code: errors[0]?.extensions.code }).toEqual({
        name,
        status: 400,
        code: 'GRAPHQL_VALIDATION_FAILED',
      });
    }
    // A login that had been tried would stand in the security log, were it right or wrong.
    expect(await snapshot(database())).toBe(before);
  });

  it('is refused for its length already where it is a hundred aliased logins', async () => {
    const before = await snapshot(database());
    const answer = await send(server().url, `mutation { ${logins(100)} }`);
    expect(answer).toMatchObject({ status: 400, refusal: { code: 'GRAPHQL_PARSE_FAILED' } });
    expect(await snapshot(database())).toBe(before);
  });

  it('is refused as an array of operations, of one too', async () => {
    const before = await snapshot(database());
    const one = { query: `mutation { ${GUESS('a')} }` };
    for (const body of [[one], [one, one], Array.from({ length: 100 }, () => one), []]) {
      const answer = await sendHttp(Number(new URL(server().url).port), {
        method: 'POST',
        path: '/graphql',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      expect(answer.status).toBe(400);
    }
    expect(await snapshot(database())).toBe(before);
  });

  it('is served when it is one: the control, and the log shows that it was checked', async () => {
    const wrong = await send(server().url, `mutation { ${GUESS('a')} }`);
    expect(wrong.refusal).toEqual({ code: 'INVALID_CREDENTIALS' });
    const { email, password } = user;
    const right = await send(server().url, LOGIN, { input: { email, password } });
    const [begun] = await auditOf(database(), right.data.login.session.id);
    expect(begun?.['type']).toBe('LOGIN_SUCCEEDED');
    expect(
      (await send(server().url, REFRESH, { input: { refreshToken: user.refreshToken } })).errors,
    ).toBeUndefined();
    const mixed = `mutation { ${GUESS('a', 'the first admin of the tests')} revokeOtherSessions { revokedCount } }`;
    expect((await send(server().url, mixed, {}, bearer(user.accessToken))).errors).toBeUndefined();
    expect((await send(server().url, ME, {}, bearer(user.accessToken))).errors).toBeUndefined();
  });
});

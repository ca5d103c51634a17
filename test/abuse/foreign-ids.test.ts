import { isInputObjectType } from 'graphql';
import { createSchema } from '../../src/graphql/schema.ts';
import { send as sendHttp } from '../http/client.ts';
import {
  AUDIT_EVENTS,
  DELETE_USER,
  REVOKE_SESSIONS,
  SESSIONS,
  SET_ROLES,
  SET_STATUS,
  USER,
} from '../support/administration.ts';
import {
  bearer,
  LOGIN,
  login,
  ME,
  MY_SESSIONS,
  REVOKE_ALL,
  REVOKE_SESSION,
  registerUser,
  send,
  type Tokens,
} from '../support/client.ts';
import { onEachDatabase } from '../support/databases.ts';
import { sessionRow, snapshot } from '../support/rows.ts';
import { onSqlite, runServer } from '../support/running.ts';

const UNKNOWN = '01890a5d-ac96-774b-bcce-b302099a8057';
const MALFORMED = [
  '',
  'x',
  '0',
  '-1',
  'null',
  UNKNOWN.slice(1),
  `${UNKNOWN}0`,
  `{${UNKNOWN}}`,
  '%00',
  "' OR 1=1 --",
];

onEachDatabase('G2 an id that is not the caller’s to know', (database) => {
  const server = runServer(database);
  /** All of an answer that could tell one id from another. */
  const bytesOf = async (tokens: Tokens, document: string, variables: object) => {
    const answer = await send(server().url, document, variables, bearer(tokens.accessToken));
    const headers = [...answer.headers].filter(([name]) => !['date', 'x-request-id'].includes(name));
    return JSON.stringify([answer.status, headers, answer.text]);
  };

  it('another user’s session, live or ended, an unknown and a malformed id: one answer, byte for byte', async () => {
    const [user, victim] = [await registerUser(server().url), await registerUser(server().url)];
    const endedOne = await login(server().url, victim);
    await send(server().url, REVOKE_SESSION, { id: endedOne.sessionId }, bearer(victim.accessToken));
    const before = await snapshot(database());
    const expected = await bytesOf(user, REVOKE_SESSION, { id: UNKNOWN });
    expect(expected).toContain('NOT_FOUND');
    const ids = [
      victim.sessionId,
      endedOne.sessionId,
      victim.sessionId.toUpperCase(),
      victim.userId,
      user.userId,
    ];
    for (const id of [...ids, ...MALFORMED]) {
      expect(await bytesOf(user, REVOKE_SESSION, { id })).toBe(expected);
    }
    expect(await snapshot(database())).toBe(before);
    const own = await send(server().url, REVOKE_SESSION, { id: user.sessionId }, bearer(user.accessToken));
    expect(own.data.revokeSession.id).toBe(user.sessionId);
  });

  const ABOUT_ACCOUNTS: readonly (readonly [string, string, (id: string) => object])[] = [
    ['revokeAllForUser', REVOKE_ALL, (userId) => ({ userId })],
    ['setUserStatus', SET_STATUS, (userId) => ({ userId, status: 'SUSPENDED' })],
    ['setUserRoles', SET_ROLES, (userId) => ({ userId, roles: ['ADMIN'] })],
    ['deleteUser', DELETE_USER, (userId) => ({ userId })],
    ['user', USER, (id) => ({ id })],
    ['sessions', SESSIONS, (userId) => ({ filter: { userId } })],
    ['auditEvents', AUDIT_EVENTS, (sessionId) => ({ filter: { sessionId } })],
    ['revokeSessions', REVOKE_SESSIONS, (userId) => ({ filter: { userId }, dryRun: false })],
  ];

  it.each(ABOUT_ACCOUNTS)('%s tells a user nothing of whether an account exists', async (_, query, about) => {
    const [user, victim] = [await registerUser(server().url), await registerUser(server().url)];
    const before = await snapshot(database());
    const expected = await bytesOf(user, query, about(UNKNOWN));
    expect(expected).toContain('FORBIDDEN');
    for (const id of [victim.userId, user.userId, victim.sessionId, ...MALFORMED]) {
      expect(await bytesOf(user, query, about(id))).toBe(expected);
    }
    expect(await snapshot(database())).toBe(before);
  });

  it.each(ABOUT_ACCOUNTS.slice(0, 5))(
    '%s gives an admin one answer to an unknown, a deleted and a malformed id',
    async (_, query, about) => {
      const [admin, gone] = [await login(server().url), await registerUser(server().url)];
      await send(server().url, DELETE_USER, { userId: gone.userId }, bearer(admin.accessToken));
      const before = await snapshot(database());
      const expected = await bytesOf(admin, query, about(UNKNOWN));
      for (const id of [gone.userId, gone.sessionId, ...MALFORMED]) {
        expect(await bytesOf(admin, query, about(id))).toBe(expected);
      }
      expect(await snapshot(database())).toBe(before);
    },
  );
});

/** What a client might hope to decide for itself. */
const HOPEFUL = {
  userId: UNKNOWN,
  user: UNKNOWN,
  sessionId: UNKNOWN,
  sid: UNKNOWN,
  id: UNKNOWN,
  roles: ['ADMIN'],
  role: 'ADMIN',
  status: 'ACTIVE',
  tokenVersion: 0,
  authenticatedAt: '2030-01-01T00:00:00Z',
  expiresAt: '2099-01-01T00:00:00Z',
  ipAddress: '203.0.113.1',
  secret: 'x',
  _: true,
};

/** What the filters of admins are for: they name whose sessions and events are wanted, and decide nothing else. */
const ADMIN_FILTERS: Readonly<Record<string, readonly string[]>> = {
  SessionFilter: ['userId', 'ipAddress'],
  AuditEventFilter: ['userId', 'sessionId'],
};

// Validation knows no database.
onSqlite('G3 what the client would like to decide', (database) => {
  const server = runServer(database);
  const schema = createSchema();
  const inputs = Object.values(schema.getTypeMap()).filter(isInputObjectType);
  const mutations = Object.values(schema.getMutationType()?.getFields() ?? {});
  const queries = Object.values(schema.getQueryType()?.getFields() ?? {});

  /** An argument that takes such an input. */
  function placeOf(input: string) {
    const places = [...queries, ...mutations].flatMap((field) =>
      field.args
        .filter(({ type }) => String(type).startsWith(input))
        .map(({ name }) => ({
          operation: mutations.includes(field) ? 'mutation' : 'query',
          root: field.name,
          argument: name,
        })),
    );
    const [place] = places;
    if (place === undefined) throw new Error(`Nothing takes a ${input}.`);
    return place;
  }

  it.each(inputs.map((type) => [type.name, type] as const))(
    'is no field of %s: refused by validation, in a variable as in the document',
    async (name, type) => {
      const user = await registerUser(server().url);
      const before = await snapshot(database());
      const { operation, root, argument } = placeOf(name);
      const known = ADMIN_FILTERS[name] ?? [];
      const required = Object.values(type.getFields()).filter(({ type: of }) => String(of).endsWith('!'));
      const honest = Object.fromEntries(
        required.filter(({ defaultValue }) => defaultValue === undefined).map((field) => [field.name, 'x']),
      );
      for (const [field, value] of Object.entries(HOPEFUL).filter(([each]) => !known.includes(each))) {
        if (type.getFields()[field] !== undefined)
          throw new Error(`${name}.${field} is decided by the client.`);
        const variable = await send(
          server().url,
          `${operation} ($input: ${name}!) { ${root}(${argument}: $input) { __typename } }`,
          { input: { ...honest, [field]: value } },
          bearer(user.accessToken),
        );
        expect([variable.status, variable.refusal?.['code']]).toEqual([400, 'BAD_USER_INPUT']);
        const inline = await send(
          server().url,
          `${operation} { ${root}(${argument}: { ${field}: null }) { __typename } }`,
          {},
          bearer(user.accessToken),
        );
        expect([inline.status, inline.refusal?.['code']]).toEqual([400, 'GRAPHQL_VALIDATION_FAILED']);
      }
      expect(await snapshot(database())).toBe(before);
    },
  );

  it.each([
    ...queries.map((field) => ['query', field] as const),
    ...mutations.map((field) => ['mutation', field] as const),
  ])('is no argument of any %s that does not declare it', async (operation, field) => {
    const user = await registerUser(server().url);
    const before = await snapshot(database());
    const hopes = Object.keys(HOPEFUL).filter((name) => !field.args.some((arg) => arg.name === name));
    for (const name of hopes) {
      const document = `${operation} { ${field.name}(${name}: "${UNKNOWN}") { __typename } }`;
      const answer = await send(server().url, document, {}, bearer(user.accessToken));
      expect([answer.status, answer.refusal?.['code']]).toEqual([400, 'GRAPHQL_VALIDATION_FAILED']);
    }
    expect(await snapshot(database())).toBe(before);
  });

  it('is ignored beside the document: other members of the body, variables, headers, cookies', async () => {
    const [user, victim] = [await registerUser(server().url), await registerUser(server().url)];
    const body = JSON.stringify({
      query: '{ me { id roles } }',
      userId: victim.userId,
      context: { userId: victim.userId, caller: { roles: ['ADMIN'] } },
      variables: { ...HOPEFUL, userId: victim.userId },
      extensions: { userId: victim.userId },
    });
    const answer = await sendHttp(Number(new URL(server().url).port), {
      method: 'POST',
      path: `/graphql?userId=${victim.userId}&sid=${victim.sessionId}`,
      headers: {
        'content-type': 'application/json',
        ...bearer(user.accessToken),
        'x-user-id': victim.userId,
        'x-session-id': victim.sessionId,
        'x-roles': 'ADMIN',
        cookie: `userId=${victim.userId}; sid=${victim.sessionId}; roles=ADMIN`,
      },
      body,
    });
    expect(answer.json()).toEqual({ data: { me: { id: user.userId, roles: ['USER'] } } });
  });

  it('is not reached through __proto__ or constructor in the variables', async () => {
    const { email, password } = await registerUser(server().url);
    const bodies = [
      `{"query":${JSON.stringify(LOGIN)},"variables":{"input":{"email":${JSON.stringify(email)},"password":${JSON.stringify(password)},"__proto__":{"roles":["ADMIN"]}}}}`,
      `{"query":${JSON.stringify(LOGIN)},"variables":{"input":{"email":${JSON.stringify(email)},"password":${JSON.stringify(password)},"constructor":{"prototype":{"admin":true}}}}}`,
    ];
    for (const body of bodies) {
      const answer = await sendHttp(Number(new URL(server().url).port), {
        method: 'POST',
        path: '/graphql',
        headers: { 'content-type': 'application/json' },
        body,
      });
      expect(answer.status).toBe(400);
    }
    expect(({} as Record<string, unknown>)['roles']).toBeUndefined();
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
  });

  it('is the place of the request alone: X-Forwarded-For is no address while no proxy is trusted', async () => {
    const user = await registerUser(server().url);
    const headers = {
      'x-forwarded-for': '203.0.113.1',
      'x-real-ip': '203.0.113.1',
      forwarded: 'for=203.0.113.1',
    };
    const { email, password } = user;
    const answer = await send(server().url, LOGIN, { input: { email, password } }, headers);
    const { session, accessToken } = answer.data.login;
    expect((await sessionRow(database(), session.id))['ip_address']).toBe('127.0.0.1');
    const listed = await send(server().url, MY_SESSIONS, {}, bearer(accessToken));
    expect(listed.text).not.toContain('203.0.113.1');
    expect((await send(server().url, ME, {}, bearer(user.accessToken))).errors).toBeUndefined();
  });
});

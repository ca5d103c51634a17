import {
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isObjectType,
} from 'graphql';
import { createSchema } from '../../src/graphql/schema.ts';
import {
  type Answer,
  bearer,
  login,
  refreshWith,
  registerUser,
  send,
  type Tokens,
  tokensOf,
} from '../support/client.ts';
import { type TestDatabase } from '../support/databases.ts';
import { changeRoles, sessionRow } from '../support/rows.ts';
import { onSqlite, runServer } from '../support/running.ts';
import { RawSocket } from '../support/sockets.ts';
import { until } from '../support/until.ts';

/**
 * Who gets what of each root field when it is about the *target*, a user with a session of their own: written by hand
 * and from the contract, so that a directive that is lost, or a field that is new, fails here.
 */
type Outcome = 'SERVED' | 'MISSING' | 'STALE' | 'INVALID' | 'INVALID_CREDENTIALS' | 'FORBIDDEN' | 'NOT_FOUND';
type CallerKind = 'anonymous' | 'target' | 'other' | 'admin' | 'demoted' | 'demotedRefreshed';

interface RootRule {
  readonly document: (target: Target) => { arguments: string; variables?: object };
  readonly outcomes: Readonly<Record<CallerKind, Outcome>>;
}

const everybody = (outcome: Outcome): Record<CallerKind, Outcome> => ({
  anonymous: outcome,
  target: outcome,
  other: outcome,
  admin: outcome,
  demoted: outcome,
  demotedRefreshed: outcome,
});
const signedIn: Record<CallerKind, Outcome> = {
  ...everybody('SERVED'),
  anonymous: 'MISSING',
  demoted: 'STALE',
};
const adminsOnly: Record<CallerKind, Outcome> = {
  ...everybody('FORBIDDEN'),
  anonymous: 'MISSING',
  admin: 'SERVED',
  demoted: 'STALE',
};

/** About the caller's own account: the target's password proves nobody else. */
const ownPassword: Record<CallerKind, Outcome> = {
  ...everybody('INVALID_CREDENTIALS'),
  anonymous: 'MISSING',
  target: 'SERVED',
  demoted: 'STALE',
};

const nothing = () => ({ arguments: '' });

let newcomers = 0;

const ROOT_FIELDS: Readonly<Record<string, RootRule>> = {
  'Query.me': { document: nothing, outcomes: signedIn },
  'Query.mySessions': { document: nothing, outcomes: signedIn },
  'Mutation.register': {
    document: () => ({
      arguments: `(input: { email: "g1-${++newcomers}-${Date.now()}@example.com", password: "somebody who is new", transport: BODY })`,
    }),
    outcomes: everybody('SERVED'),
  },
  'Mutation.login': {
    document: ({ email, password }) => ({
      arguments: `(input: { email: "${email}", password: "${password}", transport: BODY })`,
    }),
    outcomes: everybody('SERVED'),
  },
  // The holder of the refresh token is its owner, unless an access token of another session comes along.
  'Mutation.refresh': {
    document: ({ refreshToken }) => ({ arguments: `(input: { refreshToken: "${refreshToken}" })` }),
    outcomes: { ...everybody('INVALID'), anonymous: 'SERVED', target: 'SERVED' },
  },
  'Mutation.logout': {
    document: ({ refreshToken }) => ({ arguments: `(input: { refreshToken: "${refreshToken}" })` }),
    outcomes: everybody('SERVED'),
  },
  'Mutation.revokeSession': {
    document: ({ sessionId }) => ({ arguments: `(id: "${sessionId}")` }),
    outcomes: { ...signedIn, other: 'NOT_FOUND', demotedRefreshed: 'NOT_FOUND' },
  },
  'Mutation.revokeOtherSessions': { document: nothing, outcomes: signedIn },
  'Mutation.revokeAllForUser': {
    document: ({ userId }) => ({ arguments: `(userId: "${userId}")` }),
    outcomes: adminsOnly,
  },
  'Mutation.reauthenticate': {
    document: ({ password }) => ({ arguments: `(password: "${password}")` }),
    outcomes: ownPassword,
  },
  'Mutation.changePassword': {
    document: ({ password }) => ({
      arguments: `(input: { currentPassword: "${password}", newPassword: "vexing plumb quartz" })`,
    }),
    outcomes: ownPassword,
  },
  'Query.user': {
    document: ({ userId }) => ({ arguments: `(id: "${userId}")` }),
    outcomes: adminsOnly,
  },
  'Query.users': { document: nothing, outcomes: adminsOnly },
  'Query.sessions': { document: nothing, outcomes: adminsOnly },
  'Query.auditEvents': { document: nothing, outcomes: adminsOnly },
  'Query.signingKeys': { document: nothing, outcomes: adminsOnly },
  'Query.activity': { document: nothing, outcomes: adminsOnly },
  'Mutation.rotateSigningKey': {
    document: () => ({ arguments: '(revokePrevious: false)' }),
    outcomes: adminsOnly,
  },
  'Mutation.revokeSessions': {
    document: ({ userId }) => ({ arguments: `(filter: { userId: "${userId}" }, dryRun: false)` }),
    outcomes: adminsOnly,
  },
  'Mutation.setUserStatus': {
    document: ({ userId }) => ({ arguments: `(userId: "${userId}", status: SUSPENDED)` }),
    outcomes: adminsOnly,
  },
  'Mutation.setUserRoles': {
    document: ({ userId }) => ({ arguments: `(userId: "${userId}", roles: [ADMIN])` }),
    outcomes: adminsOnly,
  },
  'Mutation.deleteUser': {
    document: ({ userId }) => ({ arguments: `(userId: "${userId}")` }),
    outcomes: adminsOnly,
  },
  'Subscription.mySessionEvents': { document: nothing, outcomes: signedIn },
};

/** What a socket that cannot be had for a caller is closed with. */
const REFUSED_SOCKETS = /^(MISSING|INVALID|STALE)$/;

/** Whoever may have the object may have these fields of it. Nothing else is a field. */
const FIELDS_OF_TYPES: Readonly<Record<string, readonly string[]>> = {
  User: ['id', 'email', 'displayName', 'roles', 'status', 'createdAt'],
  Session: [
    'id',
    'current',
    'createdAt',
    'lastSeenAt',
    'authenticatedAt',
    'idleExpiresAt',
    'expiresAt',
    'ipAddress',
    'userAgent',
    'deviceName',
    'user',
    'endedAt',
    'endReason',
  ],
  AuthPayload: ['accessToken', 'tokenType', 'expiresIn', 'refreshToken', 'session', 'user'],
  LogoutPayload: ['ended'],
  RevokePayload: ['revokedCount'],
  AuditEvent: ['id', 'at', 'type', 'actorId', 'userId', 'sessionId', 'ipAddress', 'userAgent', 'detail'],
  PageInfo: ['hasNextPage', 'endCursor'],
  UserConnection: ['edges', 'nodes', 'pageInfo'],
  UserEdge: ['cursor', 'node'],
  SessionConnection: ['edges', 'nodes', 'pageInfo'],
  SessionEdge: ['cursor', 'node'],
  SigningKey: ['id', 'algorithm', 'createdAt', 'activeFrom', 'state'],
  ActivityHour: ['start', 'logins', 'refreshes', 'revocations', 'failedLogins'],
  AuditEventConnection: ['edges', 'nodes', 'pageInfo'],
  AuditEventEdge: ['cursor', 'node'],
  SessionEvent: ['kind', 'session', 'actor', 'at'],
};

const KINDS: readonly CallerKind[] = ['anonymous', 'target', 'other', 'admin', 'demoted', 'demotedRefreshed'];

type Target = Tokens & { email: string; password: string };

const schema = createSchema();

describe('G1 the tables of this test', () => {
  it('list every root field of the schema and no other', () => {
    const fields = rootTypes(schema).flatMap((type) =>
      Object.keys(type.getFields()).map((name) => `${type.name}.${name}`),
    );
    expect(fields.sort()).toEqual(Object.keys(ROOT_FIELDS).sort());
  });

  it('list every field of every type that can be reached, and no other', () => {
    const types = Object.values(schema.getTypeMap())
      .filter(isObjectType)
      .filter((type) => !type.name.startsWith('__') && !rootTypes(schema).includes(type));
    const fields = types.map((type): [string, string[]] => [type.name, Object.keys(type.getFields())]);
    expect(Object.fromEntries(fields)).toEqual(FIELDS_OF_TYPES);
  });
});

onSqlite('G1 every field of the schema', (database) => {
  const server = runServer(database);

  const cells = rootTypes(schema).flatMap((type) =>
    Object.values(type.getFields()).flatMap((field) => KINDS.map((kind) => ({ type, field, kind }))),
  );

  it.each(cells.map((cell) => [`${cell.type.name}.${cell.field.name}`, cell.kind, cell] as const))(
    '%s by %s',
    async (name, kind, { type, field }) => {
      const target = await registerUser(server().url);
      const headers = await callerHeaders(kind, target, server().url, database());
      const rule = ROOT_FIELDS[name];
      const expected = rule?.outcomes[kind];
      if (rule === undefined || expected === undefined) throw new Error(`${name} is not in the table.`);
      const before = await sessionRow(database(), target.sessionId);
      if (type === schema.getSubscriptionType())
        return expectEvents(server().url, field, target, headers, expected);
      const document = `${operationOf(type)} { ${field.name}${rule.document(target).arguments} ${selectionOf(field)} }`;
      const answer = await send(server().url, document, {}, headers);
      expect(outcomeOf(answer)).toBe(expected);
      if (expected !== 'SERVED') {
        expect(answer.data?.[field.name] ?? null).toBeNull();
        expect(answer.errors?.map(({ path }) => path)).toEqual([[field.name]]);
        expect(await sessionRow(database(), target.sessionId)).toEqual(before);
        return;
      }
      expect(answer.errors).toBeUndefined();
      expect(shapeOf(answer.data[field.name])).toEqual(shapeOfType(field));
    },
  );

  it('shows in me and mySessions what is the caller’s own and nothing else', async () => {
    const target = await registerUser(server().url);
    for (const kind of ['other', 'admin', 'demotedRefreshed'] as const) {
      const headers = await callerHeaders(kind, target, server().url, database());
      const answer = await send(
        server().url,
        '{ me { id email } mySessions { id user { id } } }',
        {},
        headers,
      );
      for (const secret of [target.userId, target.email, target.sessionId]) {
        expect(answer.text).not.toContain(secret);
      }
    }
  });
});

/** Whoever may subscribe hears of the target's next login if they are the target, and of nothing otherwise. */
async function expectEvents(
  url: string,
  field: GraphQLField<unknown, unknown>,
  target: Target,
  { authorization }: Record<string, string>,
  expected: Outcome,
): Promise<void> {
  const socket = await RawSocket.open(url);
  socket.say({ type: 'connection_init', payload: authorization === undefined ? {} : { authorization } });
  await socket.settled('connection_ack');
  if (expected !== 'SERVED') {
    expect(expected).toMatch(REFUSED_SOCKETS);
    expect(await socket.end()).toEqual({ code: 4403, reason: expected });
    return;
  }
  await socket.subscribe(`subscription { ${field.name} ${selectionOf(field)} }`);
  const own = await RawSocket.subscribed(url, target.accessToken);
  await login(url, target);
  await until(async () => own.events.length > 0);
  await socket.answer('later', '{ __typename }');
  const isTarget = authorization === bearer(target.accessToken)['authorization'];
  const shapes = socket.events.map(({ data }) => shapeOf(data[field.name]));
  expect(shapes).toEqual(isTarget ? [shapeOfType(field)] : []);
  for (const each of [socket, own]) each.drop();
}

async function callerHeaders(
  kind: CallerKind,
  target: Target,
  url: string,
  database: TestDatabase,
): Promise<Record<string, string>> {
  if (kind === 'anonymous') return {};
  if (kind === 'target') return bearer(target.accessToken);
  if (kind === 'admin') return bearer((await login(url)).accessToken);
  const user = await registerUser(url);
  if (kind === 'other') return bearer(user.accessToken);
  await changeRoles(database, user.userId, 'USER,ADMIN');
  const admin = tokensOf(await refreshWith(url, user.refreshToken), 'refresh');
  await changeRoles(database, user.userId, 'USER');
  if (kind === 'demoted') return bearer(admin.accessToken);
  return bearer(tokensOf(await refreshWith(url, admin.refreshToken), 'refresh').accessToken);
}

function outcomeOf({ refusal, errors }: Answer): Outcome {
  return errors === undefined ? 'SERVED' : ((refusal?.['reason'] ?? refusal?.['code']) as Outcome);
}

function operationOf(type: GraphQLObjectType): string {
  return type === schema.getMutationType() ? 'mutation' : 'query';
}

function rootTypes(of: GraphQLSchema): GraphQLObjectType[] {
  return [of.getQueryType(), of.getMutationType(), of.getSubscriptionType()].flatMap((type) => type ?? []);
}

/** Every field below, however deep; none of our types contains itself. */
function selectionOf(field: GraphQLField<unknown, unknown>): string {
  const type = getNamedType(field.type);
  if (!isObjectType(type)) return '';
  const inner = Object.values(type.getFields()).map((each) => `${each.name} ${selectionOf(each)}`);
  return `{ ${inner.join(' ')} }`;
}

/** The names of all fields that a value holds, however deep. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.every((each) => typeof each !== 'object') ? true : shapeOf(value[0]);
  if (typeof value !== 'object' || value === null) return true;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shapeOf(inner)]));
}

function shapeOfType(field: GraphQLField<unknown, unknown>): unknown {
  const type = getNamedType(field.type);
  if (!isObjectType(type)) return true;
  return Object.fromEntries(Object.values(type.getFields()).map((each) => [each.name, shapeOfType(each)]));
}

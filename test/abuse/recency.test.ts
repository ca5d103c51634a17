import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, type GraphQLField, getDirectiveValues, isNonNullType } from 'graphql';
import { newAdmin, REAUTHENTICATE, signedInLongAgo } from '../support/administration.ts';
import { bearer, login, ME, registerUser, send, type Tokens } from '../support/client.ts';
import { sessionRow, snapshot } from '../support/rows.ts';
import { onSqlite, runServer } from '../support/running.ts';

/** The schema as it is published: what it asks for is what clients go by. */
const schema = buildSchema(readFileSync(join(__dirname, '../../schema.graphql'), 'utf8'));

interface RecentField {
  readonly name: string;
  readonly operation: 'query' | 'mutation';
  readonly maxAge: number;
  readonly field: GraphQLField<unknown, unknown>;
}

const RECENT: RecentField[] = [schema.getQueryType(), schema.getMutationType()].flatMap((type) =>
  Object.values(type?.getFields() ?? {}).flatMap((field) => {
    const auth = schema.getDirective('auth');
    const values = auth && field.astNode ? getDirectiveValues(auth, field.astNode) : undefined;
    if (typeof values?.['maxAge'] !== 'number') return [];
    const operation = type === schema.getMutationType() ? 'mutation' : 'query';
    return [{ name: field.name, operation, maxAge: values['maxAge'], field }];
  }),
);

/** Arguments that are good of type for each of them; written by hand, so that a new field fails here. */
const ARGUMENTS: Readonly<Record<string, (userId: string) => string>> = {
  rotateSigningKey: () => 'revokePrevious: false',
  revokeSessions: (userId) => `filter: { userId: "${userId}" }, dryRun: false`,
  setUserRoles: (userId) => `userId: "${userId}", roles: [USER, ADMIN]`,
  deleteUser: (userId) => `userId: "${userId}"`,
};

describe('G4 the fields with maxAge', () => {
  it('are those of CONTRACT that are built, each within 15 minutes', () => {
    expect(Object.fromEntries(RECENT.map(({ name, maxAge }) => [name, maxAge]))).toEqual({
      revokeSessions: 900,
      setUserRoles: 900,
      deleteUser: 900,
      rotateSigningKey: 900,
    });
  });
});

onSqlite('G4 a caller who proved their password too long ago', (database) => {
  const server = runServer(database);

  function documentOf({ name, operation, field }: RecentField, userId: string): string {
    const given = ARGUMENTS[name]?.(userId);
    if (given === undefined) throw new Error(`No arguments are known for ${name}.`);
    for (const { name: required, type } of field.args.filter((arg) => isNonNullType(arg.type)))
      if (!given.includes(required)) throw new Error(`${name} needs ${required}: ${type}.`);
    return `${operation} { ${name}(${given}) { __typename } }`;
  }

  const ask = (tokens: Pick<Tokens, 'accessToken'>, document: string) =>
    send(server().url, document, {}, bearer(tokens.accessToken));

  it.each(RECENT.map((recent) => [recent.name, recent] as const))(
    '%s answers REAUTHENTICATION_REQUIRED with what is needed, and serves after reauthenticate',
    async (_, recent) => {
      const admin = await newAdmin(server().url, await login(server().url));
      const target = await registerUser(server().url);
      const document = documentOf(recent, target.userId);
      const old = await signedInLongAgo(server().url, database(), admin, recent.maxAge + 5);
      const before = await snapshot(database());
      const refused = await ask(old, document);
      expect(refused.refusal).toEqual({ code: 'REAUTHENTICATION_REQUIRED', maxAge: recent.maxAge });
      expect(refused.data).toBeNull();
      expect(await snapshot(database())).toBe(before);
      expect((await ask(old, ME)).errors).toBeUndefined();

      const proven = await send(
        server().url,
        REAUTHENTICATE,
        { password: admin.password },
        bearer(old.accessToken),
      );
      expect((await ask(old, document)).refusal).toMatchObject({ code: 'REAUTHENTICATION_REQUIRED' });
      expect((await ask(proven.data.reauthenticate, document)).errors).toBeUndefined();
    },
  );

  it.each(RECENT.map((recent) => [recent.name, recent] as const))(
    '%s serves a caller who proved it just within maxAge',
    async (_, recent) => {
      const admin = await newAdmin(server().url, await login(server().url));
      const target = await registerUser(server().url);
      const recentEnough = await signedInLongAgo(server().url, database(), admin, recent.maxAge - 30);
      expect((await ask(recentEnough, documentOf(recent, target.userId))).errors).toBeUndefined();
    },
  );

  it.each(RECENT.map((recent) => [recent.name, recent] as const))(
    '%s denies in the order of CONTRACT: SESSION_ENDED, STALE, FORBIDDEN, and recency last',
    async (_, recent) => {
      const first = await login(server().url);
      const target = await registerUser(server().url);
      const document = documentOf(recent, target.userId);
      const user = await registerUser(server().url);
      const long = await signedInLongAgo(server().url, database(), user, recent.maxAge + 60);
      expect((await ask(long, document)).refusal).toEqual({ code: 'FORBIDDEN' });

      const admin = await newAdmin(server().url, first);
      const old = await signedInLongAgo(server().url, database(), admin, recent.maxAge + 60);
      await database().query('UPDATE users SET token_version = token_version + 1 WHERE id = ?', [
        (await sessionRow(database(), old.sessionId))['user_id'] as Buffer,
      ]);
      expect((await ask(old, document)).refusal).toMatchObject({ reason: 'STALE' });
      await send(
        server().url,
        'mutation ($id: ID!) { revokeSession(id: $id) { id } }',
        { id: old.sessionId },
        bearer(first.accessToken),
      );
      expect((await ask(old, document)).refusal).toMatchObject({ reason: 'SESSION_ENDED' });
    },
  );
});

import {
  buildASTSchema,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  isInterfaceType,
  isObjectType,
  parse,
} from 'graphql';
import { ActivityCounts } from '../../src/activity/count-activity.ts';
import { openCore } from '../../src/core.ts';
import { protectSchema } from '../../src/directive/protect-schema.ts';
import type { AuthRules } from '../../src/directive/rules.ts';
import type { GraphQLContext, GraphQLServices } from '../../src/graphql/context.ts';
import { GraphQLServer } from '../../src/graphql/server.ts';
import { HttpListener } from '../../src/http/listener.ts';
import { createRouter } from '../../src/http/router.ts';
import { prepareKeys } from '../../src/keys/prepare-keys.ts';
import { SigningKeys } from '../../src/keys/signing-keys.ts';
import { createLogger } from '../../src/log.ts';
import { Metrics } from '../../src/metrics/metrics.ts';
import { followRevocations, graphqlServices } from '../../src/services.ts';
import { loadSettings } from '../../src/settings/load.ts';
import { resolveAddresses } from '../../src/settings/resolve.ts';
import { resolveSecrets } from '../../src/settings/resolve-secrets.ts';
import { DatabaseClock } from '../../src/storage/database-clock.ts';
import type { TestDatabase } from '../support/databases.ts';
import { type TestServer, testEnvironment } from '../support/server.ts';

/** As the contract writes them. */
const DEFINITIONS = `
  directive @auth(requires: Role = USER, maxAge: Int) on OBJECT | INTERFACE | FIELD_DEFINITION
  directive @public on FIELD_DEFINITION
  enum Role { USER ADMIN }
`;

export type Resolver = GraphQLFieldResolver<unknown, GraphQLContext>;

/** By `Type.field`; by `Type.field.subscribe` for what a subscription listens to. */
export type Resolvers = Readonly<Record<string, Resolver>>;

/**
 * A schema from SDL, with directives that GraphQL's own builder would refuse. Fields without a resolver read the property
 * of their name; where an interface or a union is returned, `__typename` tells the type.
 */
export function sdlSchema(sdl: string, resolvers: Resolvers = {}, definitions = DEFINITIONS): GraphQLSchema {
  const schema = buildASTSchema(parse(`${definitions}\n${sdl}`), { assumeValidSDL: true });
  for (const [place, resolver] of Object.entries(resolvers)) {
    const [typeName = '', fieldName = '', kind = 'resolve'] = place.split('.');
    const type = schema.getType(typeName);
    const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[fieldName] : undefined;
    if (field === undefined) throw new Error(`The test's schema has no ${place}.`);
    Object.assign(field, { [kind]: resolver });
  }
  return schema;
}

export interface SchemaServer extends Pick<TestServer, 'url' | 'stop' | 'log' | 'logText'> {
  /** As it is served. */
  readonly schema: GraphQLSchema;
  readonly services: GraphQLServices;
  /** How often the guard has asked for the state of a session since this was last called. */
  readonly loads: () => number;
}

/** Serves a schema of the test's own, guarded by the sessions of a Portcullis server that runs on the same database. */
async function serveSchema(
  database: Pick<TestDatabase, 'url'>,
  own: GraphQLSchema,
  env: NodeJS.ProcessEnv,
  rules: AuthRules,
): Promise<SchemaServer> {
  const schema = protectSchema(own, rules);
  const lines: string[] = [];
  const log = createLogger('debug', { write: (line) => void lines.push(line) });
  const settings = resolveSecrets(loadSettings(testEnvironment(database, env)));
  const core = await openCore(settings, log);
  await core.transactions.run([], (tx) => prepareKeys(tx, settings.secrets));
  const keys = await SigningKeys.open(core.signingKeys, settings.secrets);
  const clock = await DatabaseClock.start(core.database);
  const listener = new HttpListener(log, false);
  const port = await listener.listen('127.0.0.1', 0);
  const addresses = resolveAddresses(settings, port);
  const { revocations, sessionNews } = followRevocations(core, settings, addresses, keys, log);
  const metrics = new Metrics();
  const { onField } = metrics;
  const activity = new ActivityCounts();
  const state = { keys, clock, revocations, metrics, activity, sessionNews };
  const { services, loads } = counting(graphqlServices(core, settings, addresses, state));
  const { introspection } = settings;
  const graphql = await GraphQLServer.start({ schema, services, introspection, log, onField });
  const readiness = async () => [];
  const jwks = () => keys.jwks(clock.now());
  listener.serve(
    createRouter({
      ...settings,
      ...addresses,
      console: new Map(),
      graphiql: introspection,
      graphql,
      jwks,
      readiness,
      localMetrics: undefined,
    }),
  );
  await revocations.start();
  return {
    url: `http://127.0.0.1:${port}`,
    schema,
    services,
    loads,
    log: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>),
    logText: () => lines.join(''),
    async stop() {
      await listener.drain(0);
      metrics.stop();
      await graphql.stop();
      await revocations.stop();
      await sessionNews.stop();
      clock.stop();
      await core.close();
    },
  };
}

/** The same services; each load of a state is counted on its way. */
function counting(services: GraphQLServices): { services: GraphQLServices; loads: () => number } {
  let count = 0;
  const states = {
    load: (sessionId: string) => {
      count += 1;
      return services.guard.states.load(sessionId);
    },
  };
  const loads = () => {
    const before = count;
    count = 0;
    return before;
  };
  return { services: { ...services, guard: { ...services.guard, states } }, loads };
}

/** For the tests of a suite: a server of the schema, started before them and stopped after. */
export function runSchema(
  database: () => TestDatabase,
  schema: () => GraphQLSchema,
  env: NodeJS.ProcessEnv = {},
  rules: AuthRules = {},
): () => SchemaServer {
  let server: SchemaServer | undefined;
  beforeAll(async () => {
    server = await serveSchema(database(), schema(), env, rules);
  });
  afterAll(async () => server?.stop());
  return () => {
    if (server === undefined) throw new Error('The server runs only while the tests run.');
    return server;
  };
}

import { buildASTSchema, isObjectType, parse } from 'graphql';
import { ActivityCounts } from '../../src/activity/count-activity.ts';
import { openCore } from '../../src/core.ts';
import { protectSchema } from '../../src/directive/protect-schema.ts';
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
import { announce } from './announce.ts';

/**
 * A schema whose lists of a hundred rows differ in one thing: whether a field of the row is protected. It is served and
 * guarded as our own schema is, by the sessions of a Portcullis server on the same database.
 */
const SDL = `
  directive @auth(requires: Role = USER, maxAge: Int) on OBJECT | INTERFACE | FIELD_DEFINITION
  directive @public on FIELD_DEFINITION
  enum Role { USER ADMIN }
  type Open { id: ID! title: String! amount: Int! }
  type Guarded { id: ID! title: String! amount: Int! @auth }
  type Query { open: [Open!]! @auth guarded: [Guarded!]! @auth }
`;

const ROWS = Array.from({ length: 100 }, (_, index) => ({
  id: `row-${index}`,
  title: 'A row',
  amount: index,
}));

const schema = buildASTSchema(parse(SDL), { assumeValidSDL: true });
const query = schema.getType('Query');
if (isObjectType(query)) for (const field of Object.values(query.getFields())) field.resolve = () => ROWS;

const log = createLogger('warn');
const settings = resolveSecrets(loadSettings(process.env));
const core = await openCore(settings, log);
await core.transactions.run([], (tx) => prepareKeys(tx, settings.secrets));
const keys = await SigningKeys.open(core.signingKeys, settings.secrets);
const clock = await DatabaseClock.start(core.database);
const listener = new HttpListener(log, true);
const port = await listener.listen('127.0.0.1', 0);
const addresses = resolveAddresses(settings, port);
const { revocations, sessionNews } = followRevocations(core, settings, addresses, keys, log);
const metrics = new Metrics();
const activity = new ActivityCounts();
const state = { keys, clock, revocations, metrics, activity, sessionNews };
const services = graphqlServices(core, settings, addresses, state);
const graphql = await GraphQLServer.start({
  schema: protectSchema(schema),
  services,
  introspection: false,
  log,
  onField: metrics.onField,
});
listener.serve(
  createRouter({
    ...settings,
    ...addresses,
    console: new Map(),
    graphiql: false,
    graphql,
    jwks: () => keys.jwks(clock.now()),
    readiness: async () => [],
    localMetrics: undefined,
  }),
);
announce(`http://127.0.0.1:${port}`);

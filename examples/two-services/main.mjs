/**
 * Two services of a shop on two GraphQL servers, neither of which knows a password or a database of users: they know the
 * address of Portcullis. One session is good at both, and ends at both. Beside a running server:
 *
 *   npx portcullis client create shop --json
 *   CLIENT_ID=… CLIENT_SECRET=… npm run example examples/two-services/main.mjs
 *   curl -H "authorization: Bearer $ACCESS_TOKEN" -H 'content-type: application/json' \
 *     -d '{"query": "{ orders { id sum } }"}' http://127.0.0.1:4001/graphql
 */
import { createGate } from 'portcullis/directive';
import { startCatalogue } from './catalogue.mjs';
import { startOrders } from './orders.mjs';

const {
  ISSUER = 'http://localhost:4000',
  CLIENT_ID = '',
  CLIENT_SECRET = '',
  ORDERS_PORT = '4001',
  CATALOGUE_PORT = '4002',
} = process.env;

/** In earnest each service has a gate, and a credential, of its own. */
const gate = createGate({
  issuer: ISSUER,
  clientId: CLIENT_ID,
  clientSecret: CLIENT_SECRET,
  onFailure: (error) => process.stderr.write(`The feed of revocations is away: ${error}\n`),
  onRecovery: () => process.stderr.write('The feed of revocations is back.\n'),
});

const orders = await startOrders(gate, Number(ORDERS_PORT));
const catalogue = await startCatalogue(gate, Number(CATALOGUE_PORT));
process.stdout.write(`Orders (Apollo Server) at ${orders}\nCatalogue (GraphQL Yoga) at ${catalogue}\n`);

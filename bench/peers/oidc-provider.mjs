import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';
import { listen } from './announce.mjs';

/** Opaque tokens in its own store in memory: nothing of a database is measured, which is in its favour. */
const jwk = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
const client = { client_id: 'bench', client_secret: randomBytes(32).toString('hex') };
const provider = new Provider('http://127.0.0.1', {
  clients: [{ ...client, grant_types: ['client_credentials'], redirect_uris: [], response_types: [] }],
  cookies: { keys: [randomBytes(32).toString('hex')] },
  features: {
    clientCredentials: { enabled: true },
    introspection: { enabled: true, allowedPolicy: () => true },
    devInteractions: { enabled: false },
  },
  jwks: { keys: [{ ...jwk, use: 'sig', alg: 'RS256', kid: 'bench' }] },
  ttl: { ClientCredentials: 86_400 },
});

const found = await provider.Client.find(client.client_id);
const token = await new provider.ClientCredentials({ client: found, scope: undefined }).save();
const credentials = Buffer.from(`${client.client_id}:${client.client_secret}`).toString('base64');

await listen(createServer(provider.callback()), {
  method: 'POST',
  path: '/token/introspection',
  headers: { Authorization: `Basic ${credentials}`, 'Content-Type': 'application/x-www-form-urlencoded' },
  body: `token=${token}`,
  pattern: '"active":true',
});

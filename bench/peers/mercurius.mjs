import { generateKeyPairSync } from 'node:crypto';
import Fastify from 'fastify';
import { jwtVerify, SignJWT } from 'jose';
import mercurius from 'mercurius';
import mercuriusAuth from 'mercurius-auth';
import { announce } from './announce.mjs';

/**
 * The fastest GraphQL server for Node.js with its guard, compiled queries and a cache of verified tokens: it looks at the
 * token alone, so that a revoked session lives on until the token expires.
 */
const USER = { id: '018f3c5e-7d2a-7b41-9c3d-00000000000a', email: 'somebody@example.com' };
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const token = await new SignJWT({ email: USER.email })
  .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt' })
  .setIssuer('https://auth.example.com')
  .setAudience('https://auth.example.com')
  .setSubject(USER.id)
  .setIssuedAt()
  .setExpirationTime('1h')
  .sign(privateKey);

const verified = new Map();

async function verify(text) {
  const known = verified.get(text);
  if (known !== undefined && known.exp * 1000 > Date.now()) return known;
  const { payload } = await jwtVerify(text, publicKey, {
    issuer: 'https://auth.example.com',
    audience: 'https://auth.example.com',
  });
  verified.set(text, payload);
  return payload;
}

const app = Fastify();
await app.register(mercurius, {
  schema: `directive @auth on FIELD_DEFINITION
    type User { id: ID! email: String! }
    type Query { me: User! @auth }`,
  resolvers: {
    Query: { me: (_source, _args, { auth }) => ({ id: auth.claims.sub, email: auth.claims.email }) },
  },
  jit: 1,
});
await app.register(mercuriusAuth, {
  authContext: async ({ reply }) => ({
    claims: await verify((reply.request.headers.authorization ?? '').slice('Bearer '.length)),
  }),
  applyPolicy: async (_ast, _parent, _args, { auth }) => auth.claims !== undefined,
  authDirective: 'auth',
});

announce(await app.listen({ port: 0, host: '127.0.0.1' }), {
  method: 'POST',
  path: '/graphql',
  headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
  body: JSON.stringify({ query: '{ me { id email } }' }),
  pattern: `"email":"${USER.email}"`,
});

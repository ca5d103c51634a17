/**
 * A service of its own that trusts Portcullis: it verifies access tokens by the public keys, offline.
 *
 *   ISSUER=http://localhost:4000 node examples/verify-with-jwks/server.mjs
 *   curl -H "authorization: Bearer $ACCESS_TOKEN" http://127.0.0.1:5000
 *
 * It fetches the keys once, not for every request, so it learns of a revocation only when the token expires.
 */
import { createServer } from 'node:http';
import { createRemoteJWKSet, errors, jwtVerify } from 'jose';

const { ISSUER = 'http://localhost:4000', AUDIENCE = ISSUER, PORT = '5000' } = process.env;

// Keeps the keys for ten minutes. For a `kid` that it does not know it asks again, but at most every 30 seconds.
const keys = createRemoteJWKSet(new URL(`${ISSUER}/.well-known/jwks.json`));

/** @throws JOSEError when the token is not one of ISSUER for AUDIENCE, or is too old */
async function verify(token) {
  const { payload } = await jwtVerify(token, keys, {
    issuer: ISSUER,
    audience: AUDIENCE,
    algorithms: ['EdDSA'],
    typ: 'at+jwt',
    requiredClaims: ['sub', 'sid', 'iat', 'exp'],
  });
  return { userId: payload.sub, sessionId: payload.sid, roles: payload.roles };
}

const server = createServer(async (request, response) => {
  const [, token] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
  if (token === undefined) return answer(response, 401, { error: 'no access token' }, 'Bearer');
  try {
    answer(response, 200, await verify(token));
  } catch (error) {
    if (isTokenWrong(error)) answer(response, 401, { error: error.code }, 'Bearer error="invalid_token"');
    else answer(response, 503, { error: 'the keys cannot be fetched' });
  }
});

const KEYS_AWAY = ['ERR_JOSE_GENERIC', 'ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID'];

/** A token that could not be checked is not wrong: nobody is signed out because the keys cannot be fetched. */
function isTokenWrong(error) {
  return error instanceof errors.JOSEError && !KEYS_AWAY.includes(error.code);
}

/** @param challenge RFC 6750 §3 */
function answer(response, status, body, challenge) {
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' };
  if (challenge !== undefined) headers['www-authenticate'] = challenge;
  response.writeHead(status, headers).end(`${JSON.stringify(body)}\n`);
}

server.listen(Number(PORT), '127.0.0.1', () => {
  process.stdout.write(`Verifying tokens of ${ISSUER} at http://127.0.0.1:${server.address().port}\n`);
});

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const NOW = '2026-11-22T00:21:42.000Z';
const LATER = '2026-12-22T00:21:42.000Z';

let tokens = 0;

/** A token that nobody signed, each time another one. */
function aToken(): string {
  const claims = { sid: 'a session', ver: 1, auth_time: 0, iat: Date.parse(NOW) / 1000, jti: ++tokens };
  return ['e30', Buffer.from(JSON.stringify(claims)).toString('base64url'), 'x'].join('.');
}

/** Grants every refresh, and refuses everything else for one reason. */
export async function startHostileServer(
  reason: string,
): Promise<{ url: string; stop: () => Promise<void> }> {
  const code = reason === 'REAUTHENTICATION_REQUIRED' ? reason : 'UNAUTHENTICATED';
  const refusal = { errors: [{ message: reason, extensions: { code, reason, maxAge: 1 } }], data: null };
  const session = { id: 'a session', createdAt: NOW, idleExpiresAt: LATER, expiresAt: LATER };
  const grant = () => ({ accessToken: aToken(), expiresIn: 300, refreshToken: null, user: {}, session });
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const answer = body.includes('mutation refresh') ? { data: { grant: grant() } } : refusal;
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}

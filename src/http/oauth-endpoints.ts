import type { RequestOrigin } from '../audit/event.ts';
import { introspect } from '../oauth/introspect.ts';
import { revokeToken } from '../oauth/revoke-token.ts';
import type { OAuthServices } from '../oauth/services.ts';
import type { Settings } from '../settings/settings.ts';
import { clientAddress } from './client-address.ts';
import { forClients } from './client-requests.ts';
import type { Exchange, RequestHandler } from './exchange.ts';
import { readFormBody } from './read-form-body.ts';
import { RequestRefusal } from './request-refusal.ts';
import { userAgent } from './user-agent.ts';

export interface OAuthTransport {
  readonly oauth: OAuthServices;
  readonly trustProxy: Settings['trustProxy'];
}

export interface OAuthHandlers {
  /** POST; RFC 7662 */
  readonly introspect: RequestHandler;
  /** POST; RFC 7009 */
  readonly revoke: RequestHandler;
}

/** What a service with a credential may ask of a token. */
export function oauthHandlers({ oauth, trustProxy }: OAuthTransport): OAuthHandlers {
  const addressOf = clientAddress(trustProxy);
  const originOf = ({ request }: Exchange): RequestOrigin => ({
    ipAddress: addressOf(request),
    userAgent: userAgent(request.headers['user-agent']),
  });
  return {
    introspect: forClients(oauth, async (exchange) => {
      const token = await readToken(exchange);
      exchange.sendJson(200, await introspect(oauth, token));
    }),
    revoke: forClients(oauth, async (exchange, client) => {
      // Before the wait: the address of a connection is gone when the connection is.
      const origin = originOf(exchange);
      await revokeToken(oauth, { token: await readToken(exchange), client, origin });
      exchange.send(200, {}, '');
    }),
  };
}

/** `token_type_hint` is not looked at: what a token is can be seen from its form (RFC 7009 §2.1). */
async function readToken({ request }: Exchange): Promise<string> {
  const token = (await readFormBody(request)).get('token');
  if (token === undefined) throw new RequestRefusal(400, 'The parameter token is missing.');
  return token;
}

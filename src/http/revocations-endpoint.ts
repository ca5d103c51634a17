import type { OAuthServices } from '../oauth/services.ts';
import { forClients } from './client-requests.ts';
import type { Exchange, RequestHandler } from './exchange.ts';

/** GET: what was revoked, as it happens (docs/revocation-feed.md). */
export function revocationsHandler(oauth: OAuthServices): RequestHandler {
  return forClients(oauth, (exchange, client) =>
    oauth.feed.subscribe({ client, cursor: cursorIn(exchange), open: () => exchange.openEvents() }),
  );
}

/** A browser's own client repeats its first query string when it comes back, and sends the newer cursor in the header. */
function cursorIn({ request, search }: Exchange): string | undefined {
  const header = request.headers['last-event-id'];
  return typeof header === 'string' ? header : (new URLSearchParams(search).get('cursor') ?? undefined);
}

import { PortcullisError, refusalOf } from './portcullis-error.ts';
import { bearer } from './post.ts';
import type { PortcullisClient } from './types.ts';

type Fetch = PortcullisClient['fetch'];

/**
 * `fetch` with the access token, to these origins. To any other, and with an `Authorization` of the caller's own, it is
 * plain `fetch`.
 */
export function fetchWithToken(
  fetch: Fetch,
  send: PortcullisClient['send'],
  origins: readonly string[],
  base: string | undefined,
): Fetch {
  return async (input, init) => {
    const request = new Request(typeof input === 'string' ? new URL(input, base) : input, init);
    const isOurs = origins.includes(new URL(request.url).origin);
    if (!isOurs || request.headers.has('authorization')) return fetch(request);
    let last: Response | undefined;
    const attempt = async (token: string | undefined) => {
      last = await fetch(withToken(request, token));
      return last;
    };
    return send(attempt, refusalIn).catch((error) => {
      if (last) return last;
      throw error;
    });
  };
}

/** A copy, since a body can be read only once. */
function withToken(request: Request, token: string | undefined): Request {
  const copy = request.clone();
  for (const [name, value] of Object.entries(bearer(token))) copy.headers.set(name, value);
  return copy;
}

/** GraphQL's errors, or the 401 of a resource server that verifies tokens by itself (RFC 6750 §3.1). */
async function refusalIn(response: Response): Promise<PortcullisError | undefined> {
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  const refusal = isJson
    ? refusalOf(
        await response
          .clone()
          .json()
          .catch(() => undefined),
      )
    : undefined;
  if (refusal || response.status !== 401) return refusal;
  return new PortcullisError('The token was refused.', { code: 'UNAUTHENTICATED', reason: 'INVALID' });
}

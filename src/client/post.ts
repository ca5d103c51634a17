import { asRefusal, refusalOf } from './portcullis-error.ts';

export interface Operation {
  readonly query: string;
  readonly variables?: unknown;
  readonly accessToken?: string | undefined;
}

/**
 * One GraphQL request over HTTP, sent once.
 *
 * @throws PortcullisError UNREACHABLE
 */
export type Post = (operation: Operation, init?: RequestInit) => Promise<unknown>;

/** A redirect is not followed: the token and the password are for this address alone. */
export function postTo(url: string, fetch: typeof globalThis.fetch): Post {
  return async ({ query, variables, accessToken }, init) => {
    const headers = { 'content-type': 'application/json', ...bearer(accessToken) };
    const body = JSON.stringify({ query, variables });
    try {
      const response = await fetch(url, { method: 'POST', redirect: 'error', ...init, headers, body });
      return await response.json();
    } catch (cause) {
      throw asRefusal(cause);
    }
  };
}

export function bearer(accessToken: string | undefined): Record<string, string> {
  return accessToken ? { authorization: `Bearer ${accessToken}` } : {};
}

/** @throws PortcullisError the refusal that came instead; UNREACHABLE when it is no answer of GraphQL */
export function dataOf(answer: unknown): unknown {
  const refusal = refusalOf(answer);
  const { data } = (answer ?? {}) as { readonly data?: unknown };
  if (refusal || !data) throw refusal ?? asRefusal(answer);
  return data;
}

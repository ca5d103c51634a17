import { unreachable } from './portcullis-error.ts';

export interface Operation {
  readonly query: string;
  readonly variables?: unknown;
  readonly accessToken?: string | undefined;
}

export interface Answer {
  readonly data?: unknown;
  readonly errors?: unknown;
}

/** One GraphQL request over HTTP, sent once. */
export type Post = (operation: Operation, init?: RequestInit) => Promise<Answer>;

/** A redirect is not followed: the token and the password are for this address alone. */
export function postTo(url: string, fetch: typeof globalThis.fetch): Post {
  return async ({ query, variables, accessToken }, init) => {
    const headers = { 'content-type': 'application/json', ...bearer(accessToken) };
    const body = JSON.stringify({ query, variables });
    try {
      const response = await fetch(url, { method: 'POST', redirect: 'error', ...init, headers, body });
      return answerIn(await response.json());
    } catch (cause) {
      throw unreachable(cause);
    }
  };
}

export function bearer(accessToken: string | undefined): Record<string, string> {
  return accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` };
}

function answerIn(body: unknown): Answer {
  if (typeof body === 'object' && body !== null && ('data' in body || 'errors' in body)) return body;
  throw new TypeError('This is no answer of GraphQL.');
}

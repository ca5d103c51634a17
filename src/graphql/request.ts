import type { HTTPGraphQLRequest, HTTPGraphQLResponse } from '@apollo/server';
import type { FormattedExecutionResult, GraphQLFormattedError } from 'graphql';

/** The refresh cookie of one request: what came, and what the answer shall do with it. */
export interface RefreshCookie {
  /** The cookie's value as it came; undefined when there is none. */
  readonly presented: string | undefined;
  /** @param maxAge seconds until the idle deadline; undefined: until the browser closes */
  set(token: string, maxAge: number | undefined): void;
  clear(): void;
}

/** What the transport knows of a GraphQL request, beside its document. */
export interface RequestFacts {
  readonly requestId: string;
  /** `performance.now()` at the arrival of the request's headers: the budget of a refresh counts from here. */
  readonly arrivedAt: number;
  /** The raw `Authorization` header. */
  readonly authorization: string | undefined;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
  /**
   * `browser`: it sent Origin, Sec-Fetch-Site or our refresh cookie, so its pages must never see a refresh token;
   * `webView`: its Origin is one of BODY_ORIGINS; `native`: anything else.
   */
  readonly client: 'browser' | 'webView' | 'native';
  /** Whether Origin and Fetch-Metadata permit an operation on the refresh cookie. */
  readonly cookieAllowed: boolean;
  readonly cookie: RefreshCookie;
}

/** An operation as it comes on a socket. */
export interface SocketRequest {
  readonly query: string;
  readonly operationName?: string;
  readonly variables?: Record<string, unknown>;
}

/** What comes of it. Errors are as a client may read them. */
export type SocketAnswer =
  /** It did not begin. */
  | { readonly kind: 'refused'; readonly errors: readonly GraphQLFormattedError[] }
  | { readonly kind: 'result'; readonly result: FormattedExecutionResult }
  /** They end with the subscription, or when `return` is called. */
  | { readonly kind: 'events'; readonly events: AsyncIterableIterator<FormattedExecutionResult> };

/** The GraphQL server as a socket sees it. */
export interface SocketEndpoint {
  executeOnSocket(request: SocketRequest, facts: RequestFacts): Promise<SocketAnswer>;
}

/** The GraphQL server as the transport sees it. */
export interface GraphQLEndpoint {
  execute(request: HTTPGraphQLRequest, facts: RequestFacts): Promise<HTTPGraphQLResponse>;
}

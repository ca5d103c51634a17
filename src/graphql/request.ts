import type { HTTPGraphQLRequest, HTTPGraphQLResponse } from '@apollo/server';

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

/** A request as the transport hands it on. */
export interface TransportedRequest extends HTTPGraphQLRequest {
  /**
   * The type to answer in. Set for a POST that was found to come as JSON, which no page can send across origins unasked:
   * nothing of its headers is left to be judged.
   */
  readonly answerType: string | undefined;
}

/** The GraphQL server as the transport sees it. */
export interface GraphQLEndpoint {
  execute(request: TransportedRequest, facts: RequestFacts): Promise<HTTPGraphQLResponse>;
}

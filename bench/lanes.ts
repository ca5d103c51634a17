import { LOGIN, MY_SESSIONS, REFRESH, type Tokens } from '../test/support/client.ts';
import type { Lane } from './load/plan.ts';
import { graphql } from './load/wire.ts';
import type { Account } from './portcullis.ts';
import { ANSWER, QUERY } from './targets/hello-schema.ts';

export function times<Item>(count: number, make: (index: number) => Item): Item[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

/** So many connections that send one request over and over. */
export function same(connections: number, request: string, answer: string): Lane[] {
  return times(connections, () => ({ kind: 'cycle', steps: [{ request, answer }] }));
}

/** The unprotected query. */
export function hello(connections: number): Lane[] {
  return same(connections, graphql(QUERY), ANSWER);
}

/** The body of an answer of Apollo Server. */
export function data(value: object): string {
  return `${JSON.stringify({ data: value })}\n`;
}

/** A query that each connection sends with a token of its own, as long as there are enough of them. */
export function protectedQuery(
  connections: number,
  query: string,
  tokens: readonly string[],
  answer: string,
): Lane[] {
  return times(connections, (index) => ({
    kind: 'cycle',
    steps: [{ request: graphql(query, tokens[index % tokens.length]), answer }],
  }));
}

/** Each connection refreshes one session, and presents what it got next. */
export function refreshes(tokens: readonly Tokens[]): Lane[] {
  return tokens.map(({ refreshToken }) => ({
    kind: 'chain',
    request: graphql(REFRESH, undefined, { input: { refreshToken } }).replace(refreshToken, '{token}'),
    first: refreshToken,
    next: '"refreshToken":"(pr1_[\\w-]+)"',
  }));
}

/** Each connection logs in as one of the accounts, over and over. */
export function logins(accounts: readonly Account[]): Lane[] {
  return accounts.map(({ email, password }) => {
    const request = graphql(LOGIN, undefined, { input: { email, password, transport: 'BODY' } });
    return { kind: 'cycle', steps: [{ request, answer: undefined, pattern: '"accessToken":"' }] };
  });
}

/** Each connection lists the sessions of its user, ten at most. */
export function sessionLists(tokens: readonly Tokens[]): Lane[] {
  return tokens.map(({ accessToken }) => {
    const request = graphql(MY_SESSIONS, accessToken, { first: 10 });
    const step = { request, answer: undefined, pattern: '^{"data":{"mySessions":\\[{"id":"' };
    return { kind: 'cycle', steps: [step] };
  });
}

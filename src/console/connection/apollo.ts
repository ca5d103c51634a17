import { ApolloClient, ApolloLink, type FieldPolicy, HttpLink, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import type { Client as Socket } from 'graphql-ws/client';
import { createPortcullisLink } from '../../client/apollo/index.ts';
import type { PortcullisClient } from '../../client/index.ts';
import type { Page } from '../operations/types.ts';
import { noteServerDate } from './server-clock.ts';

/** After so long nobody believes any more that the answer will come. */
const PATIENCE_MS = 15_000;

/** For a query that nobody asked for: what comes over the socket is no use of the page. */
export const OVER_SOCKET = { overSocket: true };

/** One for each user who signs in, so that nothing of another one's is left in its cache. */
export function createApollo(client: PortcullisClient, socket: Socket, url: string): ApolloClient {
  const http = ApolloLink.from([
    createPortcullisLink(client),
    new HttpLink({ uri: url, fetch: fetchInTime }),
  ]);
  return new ApolloClient({
    link: ApolloLink.split(isOverSocket, new GraphQLWsLink(socket), http),
    cache: new InMemoryCache({
      typePolicies: {
        Query: {
          fields: {
            users: pages('search'),
            sessions: pages('filter'),
            auditEvents: pages('filter'),
            mySessions: NEWEST,
            signingKeys: NEWEST,
            activity: NEWEST,
          },
        },
      },
    }),
    defaultOptions: {
      // What is opened is shown as it is now; after that the answers of mutations keep it true.
      watchQuery: { fetchPolicy: 'network-only', nextFetchPolicy: 'cache-first' },
    },
  });
}

function isOverSocket(operation: ApolloLink.Operation): boolean {
  return operation.operationType === 'subscription' || operation.getContext()['overSocket'] === true;
}

/** A list that comes as a whole takes the place of the one before. */
const NEWEST: FieldPolicy = { merge: false };

/** Joins the pages of a list: one that begins after a cursor is put behind those before it. */
function pages(...keyArgs: string[]): FieldPolicy<Page<unknown>> {
  return {
    keyArgs,
    merge: (before, page, { args }) =>
      args?.['after'] && before ? { ...page, nodes: [...before.nodes, ...page.nodes] } : page,
  };
}

const fetchInTime: typeof fetch = async (input, init = {}) => {
  const late = AbortSignal.timeout(PATIENCE_MS);
  const signal = init.signal ? AbortSignal.any([init.signal, late]) : late;
  const response = await fetch(input, { ...init, signal });
  noteServerDate(response.headers.get('date'));
  return response;
};

import type { Client, Sink, SubscribePayload } from 'graphql-ws/client';
import type { PortcullisClient } from '../types.ts';
import { iterateBy } from './iterate.ts';
import { Operation } from './operation.ts';
import { socketEvents } from './socket-events.ts';
import { Switchboard, type TokenSource } from './switchboard.ts';

export interface SocketOptions {
  /** Where the socket is, and the token is sent to, if not the client's own address: `wss://auth.example.com/graphql`. */
  readonly url?: string | undefined;
  /**
   * Being subscribed is no use of the page: an idle one lets its token run out, misses what comes then, and is connected
   * again when the token is renewed.
   */
  readonly passive?: boolean | undefined;
  /** Where there is no global `WebSocket`, as in Node 20: the one of the package `ws`. */
  readonly webSocketImpl?: unknown;
}

/**
 * Subscriptions over one WebSocket, in the session of a client. It is a client of graphql-ws for whoever takes one, such
 * as Apollo's GraphQLWsLink; it opens with the first operation and closes after the last.
 */
export function createSocket(
  client: Pick<PortcullisClient, 'url' | keyof TokenSource>,
  { url = '', passive = false, webSocketImpl }: SocketOptions = {},
): Client {
  const { on, emit } = socketEvents();
  const address = new URL(url, client.url).href.replace(/^http/, 'ws');
  const board = new Switchboard(client, { url: address, isPassive: passive, webSocketImpl, emit });
  const subscribe = (payload: SubscribePayload, sink: Sink<never>) => {
    const operation = new Operation(payload, sink, board);
    board.add(operation);
    return () => operation.complete();
  };
  return {
    on,
    subscribe,
    iterate: iterateBy(subscribe),
    terminate: () => board.terminate(),
    dispose: () => board.dispose(),
  };
}

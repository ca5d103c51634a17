import type { Client as Socket } from 'graphql-ws/client';
import { createContext, use, useSyncExternalStore } from 'react';
import type { ClientState, PortcullisClient } from '../../client/index.ts';
import type { PasswordPrompt } from './password-prompt.ts';

/** What the whole console shares. */
export interface Connection {
  readonly client: PortcullisClient;
  readonly prompt: PasswordPrompt;
  readonly socket: Socket;
  readonly url: string;
}

export const ConnectionContext = createContext<Connection | undefined>(undefined);

export function useConnection(): Connection {
  const connection = use(ConnectionContext);
  if (connection === undefined) throw new Error('Only inside of ConnectionContext.');
  return connection;
}

export function useClient(): PortcullisClient {
  return useConnection().client;
}

export function useClientState(): ClientState {
  const client = useClient();
  return useSyncExternalStore(
    (listener) => client.subscribe(listener),
    () => client.state,
  );
}

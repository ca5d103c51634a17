import type { Client, Event, EventListener } from 'graphql-ws/client';
import { tell } from './tell.ts';

export type Emit = <TEvent extends Event>(
  event: TEvent,
  ...details: Parameters<EventListener<TEvent>>
) => void;

/** What graphql-ws tells of its connection, told of all connections. */
export function socketEvents(): { readonly on: Client['on']; readonly emit: Emit } {
  const listeners = new Set<readonly [Event, (...details: never[]) => void]>();
  return {
    on(event, listener) {
      const entry = [event, listener] as const;
      listeners.add(entry);
      return () => void listeners.delete(entry);
    },
    emit(event, ...details) {
      for (const [wanted, listener] of listeners)
        if (wanted === event) tell(() => listener(...(details as unknown as never[])));
    },
  };
}

import type { ApolloClient } from '@apollo/client';
import { useEffect, useState } from 'react';
import { OVER_SOCKET } from '../connection/apollo.ts';
import { useConnection } from '../connection/client-context.ts';
import { MY_SESSION_EVENTS, MY_SESSIONS, type SessionEvent } from '../operations/devices.ts';
import { shortEndWords } from '../words/end-reasons.ts';
import { sessionName } from './session-facts.tsx';

/**
 * Keeps the list of devices true while nobody touches it.
 *
 * @returns the last thing that happened, in words
 */
export function useSessionEvents(apollo: ApolloClient): string {
  const { socket } = useConnection();
  const [news, setNews] = useState('');
  useEffect(() => {
    const take = (event: SessionEvent) => {
      keepInList(apollo, event);
      setNews((last) => newsWords(event) ?? last);
    };
    const subscription = apollo.subscribe({ query: MY_SESSION_EVENTS }).subscribe({
      next: ({ data }) => data && take(data.mySessionEvents),
      // The client tells of a session that ended, and the socket comes back by itself from all that passes.
      error: () => undefined,
    });
    const stop = socket.on('connected', (_socket, _payload, hadGap) => {
      if (hadGap) reload(apollo);
    });
    return () => {
      subscription.unsubscribe();
      stop();
    };
  }, [apollo, socket]);
  return news;
}

/** The cache knows a session by its id, and shows what an event says of it; what is new to it stands first. */
function keepInList({ cache }: ApolloClient, { session }: SessionEvent): void {
  cache.updateQuery({ query: MY_SESSIONS }, (data) => {
    if (!data || data.mySessions.some(({ id }) => id === session.id)) return undefined;
    return { mySessions: [session, ...data.mySessions] };
  });
}

/** What happened while the socket was away. */
function reload(apollo: ApolloClient): void {
  if (apollo.readQuery({ query: MY_SESSIONS }) === null) return;
  const query = { query: MY_SESSIONS, fetchPolicy: 'network-only', context: OVER_SOCKET } as const;
  apollo.query(query).catch(() => undefined);
}

/** Of other devices: what happens to this one shows. */
function newsWords({ kind, session }: SessionEvent): string | undefined {
  if (session.current || kind === 'REFRESHED') return undefined;
  return `${sessionName(session)}: ${kind === 'BEGAN' ? 'signed in' : shortEndWords(session.endReason)}.`;
}

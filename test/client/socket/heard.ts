import { until } from '../../support/until.ts';
import type { Browser, Socket } from '../browser.ts';

export const MY_EVENTS =
  'subscription { mySessionEvents { kind at session { id lastSeenAt endReason current } } }';

interface SessionEvent {
  readonly kind: 'BEGAN' | 'REFRESHED' | 'ENDED';
  readonly at: string;
  readonly session: { readonly id: string; readonly current: boolean; readonly endReason: string | null };
}

/** What a subscription to `mySessionEvents` has brought to the application. */
export interface Heard {
  readonly events: readonly SessionEvent[];
  /** The error that ended it, or `complete`. */
  readonly endings: readonly unknown[];
  readonly unsubscribe: () => void;
  of(sessionId: string, kind: SessionEvent['kind']): SessionEvent[];
}

export function listen(socket: Socket, query = MY_EVENTS): Heard {
  const events: SessionEvent[] = [];
  const endings: unknown[] = [];
  const unsubscribe = socket.subscribe<{ mySessionEvents: SessionEvent }>(
    { query },
    {
      next: ({ data }) => data && events.push(data.mySessionEvents),
      error: (error) => endings.push(error),
      complete: () => endings.push('complete'),
    },
  );
  return {
    events,
    endings,
    unsubscribe,
    of: (sessionId, kind) => events.filter((event) => event.session.id === sessionId && event.kind === kind),
  };
}

/**
 * Waits until what happens from now on is brought. A query behind the subscription, on the same connection, is answered
 * when the server has both.
 */
export async function untilServed(socket: Socket): Promise<void> {
  const answers: unknown[] = [];
  socket.subscribe(
    { query: '{ me { id } }' },
    {
      next: (answer) => answers.push(answer),
      error: (error) => answers.push(error),
      complete: () => undefined,
    },
  );
  await until(async () => answers.length > 0);
}

/** Codes and reasons by which a browser's sockets were closed, as they come. */
export function closingsOf(socket: Socket): string[] {
  const closings: string[] = [];
  socket.on('closed', (event) => {
    const { code, reason } = event as CloseEvent;
    closings.push(`${code} ${reason}`.trim());
  });
  return closings;
}

export function openSockets({ sockets }: Browser): number {
  return sockets.filter(({ readyState, OPEN }) => readyState === OPEN).length;
}

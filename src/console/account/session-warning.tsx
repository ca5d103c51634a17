import { useEffect, useState } from 'react';
import type { PortcullisClient } from '../../client/index.ts';
import { useClient } from '../connection/client-context.ts';
import { Button } from '../parts/button.tsx';
import { OutcomeLine, useOutcome } from '../parts/outcome.tsx';

/** Seconds before an end from which on it is told, where the session is not shorter than some minutes itself. */
const AHEAD = 120;

/** Seconds after the end by which it is over on the server as well. */
const OVERDUE = 3;

interface Ending {
  readonly cause: 'idle' | 'lifetime';
  readonly seconds: number;
}

/** Tells that the session is about to end, and lets one stay where that is possible. */
export function SessionWarning() {
  const client = useClient();
  const ending = useEnding();
  const { outcome, attempt } = useOutcome();
  if (ending === undefined) return null;
  const stay = () =>
    attempt(async () => {
      await client.extend();
      return 'You stay signed in.';
    });
  return (
    <section className="warning" aria-label="Your session">
      <p role="alert">
        {ending.cause === 'idle'
          ? 'You have not been active for a while and will soon be signed out.'
          : 'This session reaches its longest duration soon. You will have to sign in again.'}
      </p>
      <p aria-hidden="true" className="countdown">
        {countdownWords(ending.seconds)}
      </p>
      {ending.cause === 'idle' && (
        <Button look="main" onClick={() => void stay()}>
          Stay signed in
        </Button>
      )}
      <OutcomeLine outcome={outcome?.tone === 'bad' ? outcome : undefined} />
    </section>
  );
}

/** Looked at each second: a timer for the end itself would sleep through a suspended computer. */
function useEnding(): Ending | undefined {
  const client = useClient();
  const [ending, setEnding] = useState<Ending>();
  useEffect(() => {
    let overdue = 0;
    const look = () => {
      const next = endingOf(client);
      setEnding(next);
      overdue = next?.seconds === 0 ? overdue + 1 : 0;
      // The server says why it is over. Not before it is: asking would move the inactivity timeout.
      if (overdue === OVERDUE) client.extend().catch(() => undefined);
    };
    look();
    const timer = setInterval(look, 1_000);
    const stop = client.subscribe(look);
    return () => {
      clearInterval(timer);
      stop();
    };
  }, [client]);
  return ending;
}

function endingOf(client: PortcullisClient): Ending | undefined {
  const left = client.timeLeft();
  const { session } = client.state;
  if (left === undefined || session === undefined) return undefined;
  const cause = left.lifetime <= left.idle ? 'lifetime' : 'idle';
  const ahead = Math.min(AHEAD, secondsBetween(session.lastSeenAt, session.idleExpiresAt) / 4);
  return left[cause] <= ahead ? { cause, seconds: left[cause] } : undefined;
}

/** Between two times of the server, so that the clock of this computer does not matter. */
function secondsBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 1_000;
}

function countdownWords(seconds: number): string {
  const rest = String(seconds % 60).padStart(2, '0');
  return `${Math.floor(seconds / 60)}:${rest}`;
}

import { useSyncExternalStore } from 'react';
import { serverNow } from '../connection/server-clock.ts';
import { exactWords, relativeWords } from '../words/time.ts';

const HALF_A_MINUTE = 30_000;

/** A time in words, with the exact one for those who point at it. */
export function When({ at }: { readonly at: string }) {
  useSyncExternalStore(subscribe, () => Math.floor(performance.now() / HALF_A_MINUTE));
  return (
    <time dateTime={at} title={exactWords(at)}>
      {relativeWords(at, serverNow())}
    </time>
  );
}

function subscribe(listener: () => void): () => void {
  const timer = setInterval(listener, HALF_A_MINUTE);
  return () => clearInterval(timer);
}

import type { Core } from './core.ts';
import { endOf } from './grant.ts';

/** The part of a token's life after which it is renewed, and how much it varies, so that clients do not come in waves. */
const DUE = 0.75;
const JITTER = 0.15;

/** Milliseconds between attempts: the first pause, doubled after each failure, and the longest. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/** Milliseconds without use after which a server that cannot be reached is not asked again by itself. */
const PATIENCE_MS = 300_000;

/** What shows that somebody uses the page. That it is open or visible says nothing. */
const USES = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart', 'scroll', 'focus'];

/** Events after which the world may be another one. */
const RETURNS = ['online', 'pageshow', 'focus'];

export interface KeepFresh {
  /** The app has asked the server something: the page is in use. */
  touch(): void;
  stop(): void;
}

/**
 * Looks after the token while the page is in use, and after a logout that the server does not know of.
 *
 * @param renew refreshes; like `tellLogout` it reports failures to the state
 */
export function keepFresh(
  { mark, page, state }: Core,
  renew: () => Promise<unknown>,
  tellLogout: () => Promise<void>,
): KeepFresh {
  const { now } = page;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let used = now();
  let failures = 0;
  let notBefore = 0;
  let part = DUE;

  const isOut = () => state.current().status === 'signedOut';
  const act = () => void (isOut() ? tellLogout() : renew().catch(() => undefined));
  const dueIn = () => {
    const grant = state.grant();
    if (isOut() && !state.current().unreachable) return Number.POSITIVE_INFINITY;
    return Math.max(notBefore, grant ? endOf(grant, part) : 0) - now();
  };
  /** A page that nobody has used since its token came lets the inactivity timeout run. */
  const isWanted = () =>
    isOut() || used > Math.max(state.grant()?.since ?? -1, failures && now() - PATIENCE_MS);
  const look = () => {
    if (dueIn() <= 0 && isWanted()) act();
  };
  const plan = () => {
    clearTimeout(timer);
    const wait = dueIn();
    if (wait < Number.POSITIVE_INFINITY)
      timer = setTimeout(() => (dueIn() > 0 ? plan() : look()), Math.max(0, wait));
  };
  const touch = () => {
    used = now();
    look();
  };

  /** Messages may have been missed while the page was put away, and waiting is over when the network is back. */
  const comeBack = ({ type }: Pick<Event, 'type'>) => {
    const isOnline = type === 'online';
    if (isOnline) notBefore = 0;
    if (mark.epoch() > state.epoch() || (isOnline && !state.current().signedIn)) act();
    else look();
  };

  const stops = [
    state.subscribe(() => {
      if (state.current().unreachable) return;
      failures = 0;
      // Whatever life the server says that a token has.
      notBefore = now() + FIRST_PAUSE_MS;
      part = DUE + JITTER * Math.random();
      plan();
    }),
    state.on('unreachable', ({ retryAfter = 0 }) => {
      const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures++);
      notBefore = now() + Math.max(retryAfter * 1_000, longest * (0.5 + Math.random() / 2));
      plan();
    }),
    listen(page.events, USES, touch),
    listen(page.events, RETURNS, comeBack),
  ];
  return {
    touch,
    stop() {
      clearTimeout(timer);
      for (const stop of stops) stop();
    },
  };
}

/** Before the page's own listeners, and whether they let the event go on or not. */
function listen(
  target: Core['page']['events'],
  names: readonly string[],
  listener: (event: Event) => void,
): () => void {
  const options = { capture: true, passive: true };
  for (const name of names) target?.addEventListener?.(name, listener, options);
  return () => {
    for (const name of names) target?.removeEventListener?.(name, listener, options);
  };
}

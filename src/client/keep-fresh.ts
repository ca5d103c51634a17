import type { Core } from './core.ts';
import { noticeUse, type Use } from './notice-use.ts';

/** The part of a token's life after which it is renewed, and how much it varies, so that clients do not come in waves. */
const DUE = 0.75;
const JITTER = 0.15;

/** Milliseconds between attempts: the first pause, doubled after each failure, and the longest. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/** Milliseconds without use after which a server that cannot be reached is not asked again by itself. */
const PATIENCE_MS = 300_000;

/** Events after which the world may be another one. */
const RETURNS = ['online', 'pageshow', 'focus'];

/** Looks after the token while the page is in use, and after a logout that the server does not know of. */
export interface KeepFresh extends Pick<Use, 'touch'> {
  stop(): void;
}

/** @param renew refreshes; @param tellLogout as it says; both report failures to the state */
export function keepFresh(
  core: Core,
  renew: () => Promise<unknown>,
  tellLogout: () => Promise<void>,
): KeepFresh {
  const { mark, page, state } = core;
  const { now } = page;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let notBefore = 0;
  let due = DUE;

  const dueAt = () => {
    const { status, unreachable } = state.current();
    if (status === 'signedOut') return unreachable ? notBefore : Number.POSITIVE_INFINITY;
    const grant = state.grant();
    return Math.max(notBefore, grant ? grant.since + grant.expiresIn * 1_000 * due : 0);
  };

  /** A page that nobody has used since its token came lets the inactivity timeout run. */
  const isWanted = () => {
    if (state.current().status === 'signedOut') return true;
    const patience = failures > 0 ? now() - PATIENCE_MS : 0;
    return use.last() > Math.max(state.grant()?.since ?? -1, patience);
  };

  const act = () =>
    void (state.current().status === 'signedOut' ? tellLogout() : renew().catch(() => undefined));
  const look = () => {
    if (now() >= dueAt() && isWanted()) act();
  };
  const plan = () => {
    clearTimeout(timer);
    const at = dueAt();
    if (at < Number.POSITIVE_INFINITY) timer = setTimeout(wake, Math.max(0, at - now()));
  };
  const wake = () => (now() < dueAt() ? plan() : look());

  const use = noticeUse(page, look);
  const stopListening = state.subscribe(() => {
    if (state.current().unreachable) return;
    failures = notBefore = 0;
    due = DUE + JITTER * Math.random();
    plan();
  });
  const stopCounting = state.on('unreachable', ({ retryAfter = 0 }) => {
    const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures++);
    notBefore = now() + Math.max(retryAfter * 1_000, longest * (0.5 + Math.random() / 2));
    plan();
  });

  /** Messages may have been missed while the page was put away, and waiting is over when the network is back. */
  const comeBack = ({ type }: Pick<Event, 'type'>) => {
    if (type === 'online') notBefore = 0;
    if (mark.epoch() > state.epoch() || (type === 'online' && !state.current().signedIn)) act();
    else look();
  };
  for (const name of RETURNS) page.events?.addEventListener(name, comeBack);

  return {
    touch: use.touch,
    stop() {
      clearTimeout(timer);
      stopListening();
      stopCounting();
      use.stop();
      for (const name of RETURNS) page.events?.removeEventListener(name, comeBack);
    },
  };
}

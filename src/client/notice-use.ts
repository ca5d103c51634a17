import type { Surroundings } from './surroundings.ts';

const SIGNS = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart', 'scroll', 'focus'];

/** Whether somebody uses the page: touches it or lets it ask the server. That it is open or visible says nothing. */
export interface Use {
  /** By the monotonic clock. */
  last(): number;
  touch(): void;
  stop(): void;
}

/** @param onUse is told of each sign, so it has to be quick */
export function noticeUse({ events, now }: Surroundings, onUse: () => void): Use {
  let last = now();
  const touch = () => {
    last = now();
    onUse();
  };
  for (const sign of SIGNS) events?.addEventListener(sign, touch, { passive: true, capture: true });
  return {
    last: () => last,
    touch,
    stop() {
      for (const sign of SIGNS) events?.removeEventListener(sign, touch, { capture: true });
    },
  };
}

/** All that the client takes from where it runs. A browser has everything, React Native and Node have less. */
export interface Surroundings {
  readonly fetch: typeof globalThis.fetch;
  readonly locks: LockManager | undefined;
  readonly openChannel: ((name: string) => BroadcastChannel) | undefined;
  /** Shared by the tabs; no secret is written there. */
  readonly storage: Storage | undefined;
  /** Where a page's events arrive; React Native has a `window` that knows none. */
  readonly events: Partial<Pick<EventTarget, 'addEventListener' | 'removeEventListener'>> | undefined;
  /** Milliseconds of the monotonic clock: no decision is made by the wall clock. */
  readonly now: () => number;
  readonly base: string | undefined;
}

export function surroundings(): Surroundings {
  const scope: Scope = globalThis;
  const { BroadcastChannel, fetch } = scope;
  return {
    fetch: fetch.bind(scope),
    locks: scope.navigator?.locks,
    openChannel: BroadcastChannel && ((name) => new BroadcastChannel(name)),
    storage: localStorageOf(scope),
    events: scope.window,
    now: () => performance.now(),
    base: scope.document?.baseURI,
  };
}

type Scope = Pick<typeof globalThis, 'fetch'> & Partial<typeof globalThis>;

/** Where the person has blocked it, the very look at it throws. */
function localStorageOf(scope: Scope): Storage | undefined {
  try {
    return scope.window && scope.localStorage;
  } catch {
    return undefined;
  }
}

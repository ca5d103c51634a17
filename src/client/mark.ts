/**
 * What the tabs of a browser share, and what outlives a reload. No secret: a count of the sign-ins and sign-outs,
 * which tells a late answer from a current one, and whether the server is still to be told of a logout.
 */
export interface Mark {
  epoch(): number;
  isLogoutPending(): boolean;
  /** @returns the epoch that begins */
  begin(logoutPending: boolean): number;
  settleLogout(): void;
}

/** `12` or, while the server is to be told, `12 logout`. In memory alone where there is no storage. */
export function markIn(storage: Storage | undefined, key: string): Mark {
  let memory = '0';
  const read = () => {
    const stored = attempt(() => storage?.getItem(key)) ?? '0';
    return epochOf(stored) >= epochOf(memory) ? stored : memory;
  };
  const write = (text: string) => {
    memory = text;
    attempt(() => storage?.setItem(key, text));
  };
  return {
    epoch: () => epochOf(read()),
    isLogoutPending: () => read().endsWith('logout'),
    begin(logoutPending) {
      const epoch = epochOf(read()) + 1;
      write(logoutPending ? `${epoch} logout` : `${epoch}`);
      return epoch;
    },
    settleLogout: () => write(`${epochOf(read())}`),
  };
}

function epochOf(text: string): number {
  return Number.parseInt(text, 10) || 0;
}

/** A full or blocked storage is none. */
function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}

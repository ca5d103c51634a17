import type { Core } from './core.ts';
import { tellLogout } from './log-out.ts';
import { type Refresh, takeOverLogout } from './refresh.ts';
import type { ClientState } from './types.ts';

/** After a reload or a start: whoever signed out while the server could not be told stays signed out. */
export async function restore(core: Core, refresh: Refresh): Promise<void> {
  takeOverLogout(core);
  await refresh().catch(() => undefined);
  await tellLogout(core);
}

export function untilKnown({ state }: Core): Promise<ClientState> {
  return new Promise((resolve) => {
    const look = () => {
      if (state.current().status === 'restoring') return;
      stop();
      resolve(state.current());
    };
    const stop = state.subscribe(look);
    look();
  });
}

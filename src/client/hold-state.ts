import { type Grant, isLater, type Rank, rankOf } from './grant.ts';
import type { PortcullisError } from './portcullis-error.ts';
import type { ClientEvents, ClientState, Ending } from './types.ts';

/** What one tab tells the others. An age, because no two tabs count from the same moment. */
export type Message = { readonly epoch: number } & (
  | { readonly grant: Grant; readonly age: number }
  /** Without a session: whatever session there was. */
  | { readonly ending: Ending; readonly sessionId?: string | undefined }
);

interface Events extends ClientEvents {
  readonly change: undefined;
}

/** Who is signed in, as this tab knows it; the one place that changes it. */
export type HeldState = ReturnType<typeof holdState>;

export function holdState(tell: (message: Message) => void, now: () => number) {
  let state = snapshot('restoring');
  let grant: Grant | undefined;
  let rank: Rank = [-1];
  /** Whose late tokens are not taken over any more. */
  let endedSession: string | undefined;
  const listeners = new Set<readonly [string, (detail: never) => void]>();

  const on = <TName extends keyof Events>(name: TName, listener: (detail: Events[TName]) => void) => {
    const entry = [name, listener] as const;
    listeners.add(entry);
    return () => void listeners.delete(entry);
  };
  const emit = <TName extends keyof Events>(name: TName, detail: Events[TName]) => {
    for (const [wanted, listener] of listeners) if (wanted === name) listener(detail as never);
  };
  const change = (next: ClientState) => {
    state = next;
    emit('change', undefined);
  };

  const take = (next: Grant, epoch: number) => {
    const event = grant?.session.id === next.session.id ? 'refreshed' : 'signedIn';
    grant = next;
    rank = rankOf(next, epoch);
    change(snapshot('signedIn', { user: next.user, session: next.session }));
    emit(event, state);
  };
  const clear = (ending: Ending, epoch: number) => {
    const { signedIn } = state;
    endedSession = grant?.session.id ?? endedSession;
    grant = undefined;
    rank = [epoch];
    change(snapshot('signedOut', ending));
    if (signedIn) emit('signedOut', ending);
  };
  const epoch = () => rank[0] ?? -1;

  return {
    current: () => state,
    grant: () => grant,
    /** Of the last change that was taken over. */
    epoch,
    on,
    subscribe: (listener: () => void) => on('change', listener),

    /** A token that this tab got. */
    accept(next: Grant, epoch: number): void {
      take(next, epoch);
      tell({ epoch, grant: next, age: now() - next.since });
    },

    /** What was held in this epoch is over, as the server said. */
    end({ endReason, endedAt }: Ending, epoch: number): void {
      const sessionId = grant?.session.id;
      const ending = { endReason, endedAt };
      clear(ending, epoch);
      if (sessionId) tell({ epoch, ending, sessionId });
    },

    /** Everybody out, whatever session they hold, because this person said so. */
    signOut(epoch: number): void {
      clear({}, epoch);
      tell({ epoch, ending: {} });
    },

    /** What another tab told; late messages undo nothing. */
    hear(message: Message): void {
      if ('grant' in message) {
        const { grant: heard, age } = message;
        if (heard.session.id === endedSession || !isLater(rankOf(heard, message.epoch), rank)) return;
        take({ ...heard, since: now() - age }, message.epoch);
      } else if (message.epoch > epoch() || (grant && grant.session.id === message.sessionId)) {
        clear(message.ending, Math.max(message.epoch, epoch()));
      }
    },

    fail(error: PortcullisError): void {
      change({ ...state, unreachable: true });
      emit('unreachable', error);
    },

    reach(): void {
      if (state.unreachable) change({ ...state, unreachable: false });
    },
  };
}

function snapshot(status: ClientState['status'], facts: Partial<ClientState> = {}): ClientState {
  return { status, signedIn: status === 'signedIn', unreachable: false, ...facts };
}

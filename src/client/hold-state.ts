import { type Grant, isLater, type Rank } from './grant.ts';
import type { PortcullisError } from './portcullis-error.ts';
import type { ClientEvents, ClientState, Ending } from './types.ts';

/** What one tab tells the others. Ages, because no two tabs count from the same moment. */
export type Message =
  | { readonly grant: Grant; readonly age: number }
  | { readonly ending: Ending; readonly epoch: number; readonly sessionId: string | undefined };

/** Who is signed in, as this tab knows it; the one place that changes it. */
export type HeldState = ReturnType<typeof holdState>;

export function holdState(tell: (message: Message) => void, now: () => number) {
  let state: ClientState = { status: 'restoring', signedIn: false, unreachable: false };
  let grant: Grant | undefined;
  let rank: Rank = [-1];
  /** Whose late tokens are not taken over any more. */
  let endedSession: string | undefined;
  const listeners = new Set<() => void>();
  const handlers = new Set<(name: keyof ClientEvents, detail: never) => void>();

  const epoch = () => rank[0] ?? -1;
  const emit = <TName extends keyof ClientEvents>(name: TName, detail: ClientEvents[TName]) => {
    for (const handler of handlers) handler(name, detail as never);
  };
  const change = (next: ClientState) => {
    state = next;
    for (const listener of listeners) listener();
  };

  const take = (next: Grant) => {
    const event = grant?.session.id === next.session.id ? 'refreshed' : 'signedIn';
    ({ rank } = next);
    grant = next;
    const { user, session } = next;
    change({ status: 'signedIn', signedIn: true, user, session, unreachable: false });
    emit(event, state);
  };

  const clear = (ending: Ending) => {
    const wasSignedIn = state.signedIn;
    endedSession = grant?.session.id ?? endedSession;
    grant = undefined;
    change({ status: 'signedOut', signedIn: false, ...ending, unreachable: false });
    if (wasSignedIn) emit('signedOut', ending);
  };

  return {
    current: () => state,
    grant: () => grant,
    epoch,

    /** A token that this tab got. */
    accept(next: Grant): void {
      take(next);
      tell({ grant: next, age: now() - next.since });
    },

    /** The session is over, as the server said of what was held in this epoch. */
    end({ endReason, endedAt }: Ending, since: number): void {
      const sessionId = grant?.session.id;
      const ending = { endReason, endedAt };
      rank = [since];
      clear(ending);
      if (sessionId !== undefined) tell({ ending, epoch: since, sessionId });
    },

    /** Everybody out, whatever session they hold, because this person said so. */
    signOut(begun: number): void {
      rank = [begun];
      clear({});
      tell({ ending: {}, epoch: begun, sessionId: undefined });
    },

    /** What another tab told; late messages undo nothing. */
    hear(message: Message): void {
      if ('grant' in message) {
        const heard = { ...message.grant, since: now() - message.age };
        if (heard.session.id !== endedSession && isLater(heard.rank, rank)) take(heard);
      } else if (message.epoch > epoch()) {
        rank = [message.epoch];
        clear(message.ending);
      } else if (grant !== undefined && grant.session.id === message.sessionId) clear(message.ending);
    },

    fail(error: PortcullisError): void {
      change({ ...state, unreachable: true });
      emit('unreachable', error);
    },

    reach(): void {
      if (state.unreachable) change({ ...state, unreachable: false });
    },

    subscribe(listener: () => void): () => void {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },

    on<TName extends keyof ClientEvents>(
      event: TName,
      listener: (detail: ClientEvents[TName]) => void,
    ): () => void {
      const handler = (name: keyof ClientEvents, detail: never) => {
        if (name === event) listener(detail);
      };
      handlers.add(handler);
      return () => void handlers.delete(handler);
    },
  };
}

import type { ClientOptions } from '../../client/index.ts';

type Ask = NonNullable<ClientOptions['reauthenticate']>;
type Challenge = Parameters<Ask>[0];

/** A question for the password that waits for its answer. */
export interface PendingChallenge extends Challenge {
  /** `undefined`: the person declines. */
  answer(password: string | undefined): void;
}

/** Between the client, which asks for the password, and the dialog that shows the question. */
export interface PasswordPrompt {
  readonly ask: Ask;
  readonly pending: () => PendingChallenge | undefined;
  readonly subscribe: (listener: () => void) => () => void;
}

export function createPasswordPrompt(): PasswordPrompt {
  const listeners = new Set<() => void>();
  let pending: PendingChallenge | undefined;
  const show = (next: PendingChallenge | undefined) => {
    pending = next;
    for (const listener of listeners) listener();
  };
  return {
    ask: (challenge) =>
      new Promise((resolve) => {
        pending?.answer(undefined);
        const answer = (password: string | undefined) => {
          show(undefined);
          resolve(password);
        };
        show({ ...challenge, answer });
      }),
    pending: () => pending,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

import type { Core } from './core.ts';
import { claimsOf } from './grant.ts';
import { asRefusal, type PortcullisError } from './portcullis-error.ts';
import type { Mend } from './send-again.ts';
import type { Challenge } from './types.ts';

/** How often one prompt asks; what answers may be a program that gives the same password for ever. */
const TRIES = 5;

/**
 * The password, proven again, where an operation asks for that. Operations that ask at the same time share one prompt,
 * and one that was refused before the proof came needs none.
 */
export function proving(
  { state }: Core,
  prompt: ((challenge: Challenge) => Promise<string | undefined>) | undefined,
  reauthenticate: (password: string) => Promise<unknown>,
): Mend {
  let open: Promise<boolean> | undefined;
  return async ({ code, maxAge = 0 }, refused) => {
    const held = state.grant();
    if (code !== 'REAUTHENTICATION_REQUIRED' || !prompt || !held || refused === undefined) return false;
    if (claimsOf(held.accessToken).auth_time > claimsOf(refused).auth_time) return true;
    open ??= askUntilProven(prompt, maxAge, reauthenticate).finally(() => {
      open = undefined;
    });
    return open;
  };
}

async function askUntilProven(
  prompt: (challenge: Challenge) => Promise<string | undefined>,
  maxAge: number,
  reauthenticate: (password: string) => Promise<unknown>,
): Promise<boolean> {
  let error: PortcullisError | undefined;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const password = await prompt({ maxAge, error });
    if (password === undefined) return false;
    try {
      await reauthenticate(password);
      return true;
    } catch (refusal) {
      error = asRefusal(refusal);
      if (error.code === 'UNAUTHENTICATED') return false;
    }
  }
  return false;
}

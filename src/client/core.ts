import { claimsOf, type Grant } from './grant.ts';
import type { HeldState } from './hold-state.ts';
import type { Mark } from './mark.ts';
import { asRefusal } from './portcullis-error.ts';
import { dataOf, type Post } from './post.ts';
import type { Surroundings } from './surroundings.ts';
import type { TakeTurn } from './take-turn.ts';
import type { Transport } from './transport.ts';
import { within } from './within.ts';

/** What the acts on a session have in common. */
export interface Core {
  readonly page: Surroundings;
  readonly post: Post;
  readonly state: HeldState;
  readonly mark: Mark;
  readonly transport: Transport;
  /** For everything that changes the refresh token. */
  readonly turn: TakeTurn;
}

/**
 * Milliseconds after which an answer is not waited for any more. The promise of the rotation asks for less than
 * REFRESH_GRACE, 30 seconds; the server bounds its own part to 10 (docs/rotation.md, conditions).
 */
const GIVE_UP_MS = 10_000;

/** Asks what the refresh token decides, and what therefore only one at a time may ask. */
export function askInTurn(core: Core, query: string, input: unknown, init?: RequestInit): Promise<unknown> {
  const { credentials } = core.transport;
  return within(GIVE_UP_MS, async (signal) =>
    dataOf(await core.post({ query, variables: { input } }, { credentials, signal, ...init })),
  );
}

export interface Granted {
  readonly grant: Grant;
  readonly refreshToken: string | null;
}

/** What a mutation granted that was sent at `since`. */
export function readGrant(data: unknown, since: number): Granted {
  try {
    const { refreshToken, ...payload } = (data as { grant: Omit<Grant, 'since'> & Granted }).grant;
    claimsOf(payload.accessToken);
    return { grant: { ...payload, since }, refreshToken };
  } catch (cause) {
    throw asRefusal(cause);
  }
}

/** Login, register, refresh. */
export async function askForGrant(core: Core, query: string, input: unknown): Promise<Granted> {
  const since = core.page.now();
  return readGrant(await askInTurn(core, query, input), since);
}

import { type Grant, grantOf, type Payload } from './grant.ts';
import type { HeldState } from './hold-state.ts';
import type { Mark } from './mark.ts';
import { PortcullisError, refusalOf, unreachable } from './portcullis-error.ts';
import type { Operation, Post } from './post.ts';
import type { Surroundings } from './surroundings.ts';
import type { TakeTurn } from './take-turn.ts';
import type { Transport } from './transport.ts';

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
export async function askInTurn(core: Core, operation: Operation, init?: RequestInit): Promise<unknown> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), GIVE_UP_MS);
  const { credentials } = core.transport;
  try {
    return dataOf(await core.post(operation, { credentials, signal: limit.signal, ...init }));
  } finally {
    clearTimeout(timer);
  }
}

/** @throws PortcullisError the refusal that came instead */
export function dataOf(answer: { readonly data?: unknown }): unknown {
  const refusal = refusalOf(answer);
  if (refusal) throw refusal;
  return answer.data;
}

/** The grant in an answer to `since`, of whatever mutation. */
export function readGrant(data: unknown, since: number, epoch: number): { payload: Payload; grant: Grant } {
  try {
    const payload = (data as { readonly grant: Payload }).grant;
    return { payload, grant: grantOf(payload, since, epoch) };
  } catch (cause) {
    throw unreachable(cause);
  }
}

export function asRefusal(error: unknown): PortcullisError {
  return error instanceof PortcullisError ? error : unreachable(error);
}

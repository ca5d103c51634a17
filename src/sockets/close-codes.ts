import { Refusal } from '../errors/refusal.ts';

/** How this server closes a socket, beside what graphql-ws and ws find wrong with what came on it. */
export interface Closing {
  readonly code: number;
  /** Tells nothing but what stands in `docs/sockets.md`. */
  readonly reason: string;
}

/** A client may come back with a new token (graphql-ws takes 4401 for the end). */
const FORBIDDEN = 4403;
const TRY_AGAIN_LATER = 1013;

export const BAD_MESSAGE: Closing = { code: 4400, reason: 'Invalid message received' };
export const FAILED: Closing = { code: 4500, reason: 'Internal server error' };
export const RESTARTING: Closing = { code: 1012, reason: 'Service restart' };
export const UNAVAILABLE: Closing = { code: TRY_AGAIN_LATER, reason: 'UNAVAILABLE' };
export const TOO_MANY_SOCKETS: Closing = { code: TRY_AGAIN_LATER, reason: 'TOO_MANY_SOCKETS' };
export const EXPIRED = forbidden('EXPIRED');
export const STALE = forbidden('STALE');

export function sessionEndedBy(endReason: string | number | undefined): Closing {
  return forbidden(`SESSION_ENDED: ${endReason}`);
}

/** @returns undefined for what is no denial of the caller */
export function closingFor(error: unknown): Closing | undefined {
  if (!(error instanceof Refusal)) return undefined;
  if (error.code === 'UNAVAILABLE') return UNAVAILABLE;
  const { reason, endReason } = error.details;
  if (error.code !== 'UNAUTHENTICATED') return undefined;
  return reason === 'SESSION_ENDED' ? sessionEndedBy(endReason) : forbidden(String(reason));
}

function forbidden(reason: string): Closing {
  return { code: FORBIDDEN, reason };
}

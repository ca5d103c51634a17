import type { RefreshTokenPosition } from '../tokens/refresh-token.ts';
import type { RotationState } from './session.ts';

/** Highest values that the refresh token's format can carry (see tokens/refresh-token.ts). */
const MAX_GENERATION = 0xffff_ffff;
const MAX_BRANCH = 0xffff;

/** Which refresh token of a family: its place in the line of rotations. */
export type TokenPosition = Pick<RefreshTokenPosition, 'generation' | 'branch'>;

export type RotationDecision =
  | {
      readonly verdict: 'ROTATED' | 'REPLAYED';
      /** The token to hand out. */
      readonly issue: TokenPosition;
      readonly next: RotationState;
    }
  | { readonly verdict: 'REUSED' };

const REUSED: RotationDecision = { verdict: 'REUSED' };

/**
 * The rotation table of DESIGN section 4, as a pure function: what the presentation of a refresh token with a good
 * MAC leads to (RFC 9700 §4.14.2: rotation with reuse detection, made safe for clients that race themselves).
 *
 * @param now milliseconds of the database's clock, read under the row's lock
 * @param grace length of the window in milliseconds
 */
export function decideRotation(
  state: RotationState,
  presented: TokenPosition,
  now: number,
  grace: number,
): RotationDecision {
  const successor = liveSuccessor(state);
  if (successor === undefined) {
    return compare(presented, state) >= 0 ? exchange(presented, now) : REUSED;
  }
  const inWindow = state.rotatedAt !== null && now - state.rotatedAt < grace;
  if (compare(presented, state) === 0) {
    if (inWindow) return { verdict: 'REPLAYED', issue: successor, next: state };
    return state.successorSeen ? REUSED : nextBranch(state, successor, now);
  }
  if (compare(presented, successor) === 0 && inWindow) {
    return { verdict: 'REPLAYED', issue: successor, next: { ...state, successorSeen: true } };
  }
  // The live successor after the window, or a token above it: a database that lost a commit in a failover must not
  // sign out the honest holder, so the MAC is believed and the row moves forward.
  return compare(presented, successor) >= 0 ? exchange(presented, now) : REUSED;
}

function liveSuccessor(state: RotationState): TokenPosition | undefined {
  if (state.nextBranch === null) return undefined;
  return { generation: state.generation + 1, branch: state.nextBranch };
}

function compare(a: TokenPosition, b: TokenPosition): number {
  return a.generation - b.generation || a.branch - b.branch;
}

/** The presented token becomes the current one and is exchanged for its first successor; the window opens. */
function exchange(presented: TokenPosition, now: number): RotationDecision {
  if (presented.generation >= MAX_GENERATION) return REUSED;
  return rotated(presented, 0, now);
}

/**
 * The successor was never seen after a whole window: its response was lost. A fresh branch replaces it, and the old
 * one is dead, so that a thief who holds it is found out.
 */
function nextBranch(state: RotationState, successor: TokenPosition, now: number): RotationDecision {
  if (successor.branch >= MAX_BRANCH) return REUSED;
  return rotated(state, successor.branch + 1, now);
}

function rotated({ generation, branch }: TokenPosition, nextBranch: number, now: number): RotationDecision {
  return {
    verdict: 'ROTATED',
    issue: { generation: generation + 1, branch: nextBranch },
    next: { generation, branch, nextBranch, rotatedAt: now, successorSeen: false },
  };
}

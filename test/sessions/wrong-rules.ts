import { decideRotation, type TokenPosition } from '../../src/sessions/rotation.ts';
import type { RotationState } from '../../src/sessions/session.ts';
import type { RotationRule } from './honest-client.ts';

/** Rules that look right, several of them shipped by somebody; each check of the rotation must find its own ones out. */

function isCurrent(state: RotationState, presented: TokenPosition): boolean {
  return presented.generation === state.generation && presented.branch === state.branch;
}

function successorOf({ generation, nextBranch }: RotationState): TokenPosition | undefined {
  return nextBranch === null ? undefined : { generation: generation + 1, branch: nextBranch };
}

/** Signs out a browser that restores twenty tabs. */
export const parentDiesWhenTheSuccessorIsUsed: RotationRule = (state, presented, now, grace) =>
  isCurrent(state, presented) && state.successorSeen
    ? { verdict: 'REUSED' }
    : decideRotation(state, presented, now, grace);

/** RFC 9700's plain rotation, with no window. */
export const everySecondPresentationIsReuse: RotationRule = (state, presented, now, grace) =>
  isCurrent(state, presented) && state.nextBranch !== null
    ? { verdict: 'REUSED' }
    : decideRotation(state, presented, now, grace);

/** A counter: whoever is one behind is helped forward, for ever. Thief and victim leapfrog. */
export const oneBehindIsAlwaysFine: RotationRule = (state, presented, now, grace) => {
  const successor = successorOf(state);
  return isCurrent(state, presented) && successor !== undefined
    ? { verdict: 'REPLAYED', issue: successor, next: state }
    : decideRotation(state, presented, now, grace);
};

/** A lost answer is answered again with the same successor, seen or not; no branch ever dies. */
export const lostAnswersGetTheSameSuccessor: RotationRule = (state, presented, now, grace) => {
  const successor = successorOf(state);
  return isCurrent(state, presented) && successor !== undefined && !state.successorSeen
    ? { verdict: 'REPLAYED', issue: successor, next: { ...state, rotatedAt: now } }
    : decideRotation(state, presented, now, grace);
};

/** Branches are written down but not compared: a dead one is as good as the live one. */
export const deadBranchesLive: RotationRule = (state, presented, now, grace) => {
  const ahead = presented.generation - state.generation;
  const branch = ahead === 0 ? state.branch : ahead === 1 ? (state.nextBranch ?? 0) : presented.branch;
  return decideRotation(state, { ...presented, branch }, now, grace);
};

/** A random child for every presentation, only the parent's hash stored: racers orphan one another. */
export const randomChild: RotationRule = (state, presented, now, grace) => {
  const successor = successorOf(state);
  if (!isCurrent(state, presented) || successor === undefined)
    return decideRotation(state, presented, now, grace);
  const child = { ...successor, branch: successor.branch + 1 };
  return { verdict: 'ROTATED', issue: child, next: { ...state, nextBranch: child.branch } };
};

/** The window is measured from the first presentation only, and nobody remembers whether an answer arrived. */
export const afterTheWindowTheParentIsDead: RotationRule = (state, presented, now, grace) =>
  decideRotation({ ...state, successorSeen: state.nextBranch !== null }, presented, now, grace);

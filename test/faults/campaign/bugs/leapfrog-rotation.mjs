import { original } from './built.mjs';

const real = await original('sessions/rotation.js');

export function decideRotation(state, presented, now, grace) {
  const isCurrent = presented.generation === state.generation && presented.branch === state.branch;
  if (!isCurrent || state.nextBranch === null) return real.decideRotation(state, presented, now, grace);
  const successor = { generation: state.generation + 1, branch: state.nextBranch };
  return { verdict: 'REPLAYED', issue: successor, next: state };
}

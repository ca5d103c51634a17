import {
  type FeedEvent,
  type FeedModel,
  type FeedWorld,
  feedEvents,
  feedStart,
  feedStep,
  isOver,
  wronglyAccepted,
} from './feed-world.ts';

export interface FeedSearch {
  /** Different states that were reached. */
  readonly states: number;
  /** The shortest history after which a revoked session is accepted. */
  readonly accepted: readonly FeedEvent[] | undefined;
}

interface Reached {
  readonly world: FeedWorld;
  readonly event: FeedEvent | undefined;
  readonly before: Reached | undefined;
}

/** Every state that the model can reach, breadth first. */
export function searchFeed(model: FeedModel): FeedSearch {
  const start: Reached = { world: feedStart(model), event: undefined, before: undefined };
  const known = new Set([JSON.stringify(start.world)]);
  const open = [start];
  for (const reached of open) {
    for (const event of feedEvents(reached.world)) {
      const world = feedStep(model, reached.world, event);
      if (world === undefined || isOver(world)) continue;
      const next = { world, event, before: reached };
      if (wronglyAccepted(model, world) !== undefined)
        return { states: known.size, accepted: historyOf(next) };
      const key = JSON.stringify(world);
      if (known.has(key)) continue;
      known.add(key);
      open.push(next);
    }
  }
  return { states: known.size, accepted: undefined };
}

function historyOf({ event, before }: Reached): FeedEvent[] {
  return before === undefined || event === undefined ? [] : [...historyOf(before), event];
}

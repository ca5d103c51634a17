import type { TokenPosition } from '../../src/sessions/rotation.ts';
import {
  type HonestEvent,
  type HonestModel,
  type HonestWorld,
  honestStart,
  honestStep,
} from './honest-client.ts';

export interface SearchResult {
  /** Different states that were reached. */
  readonly states: number;
  /** The shortest history in which the honest client is signed out. */
  readonly signOut: readonly HonestEvent[] | undefined;
}

/** Every state that the model can reach, in steps of one millisecond; the families are numbered anew in each. */
export function searchHonest(model: HonestModel): SearchResult {
  const start = canonical(honestStart(), model.grace);
  const reached = new Map<string, HonestEvent[]>([[JSON.stringify(start), []]]);
  const open = [{ world: start, history: [] as HonestEvent[] }];
  for (const { world, history } of open) {
    for (const event of eventsOf(world)) {
      const next = honestStep(model, world, event);
      const path = [...history, event];
      if (next === 'REUSED') return { states: reached.size, signOut: path };
      const state = canonical(next, model.grace);
      const key = JSON.stringify(state);
      if (reached.has(key)) continue;
      reached.set(key, path);
      open.push({ world: state, history: path });
    }
  }
  return { states: reached.size, signOut: undefined };
}

function eventsOf(world: HonestWorld): HonestEvent[] {
  const flights = [...world.flights.keys()];
  const kinds = ['handle', 'deliver', 'lose'] as const;
  return [
    { kind: 'send' },
    { kind: 'wait', ms: 1 },
    ...flights.flatMap((flight) => kinds.map((kind) => ({ kind, flight }))),
  ];
}

/** Numbers far from both limits of the format, so that shifting them changes no decision. */
const BASE = 1_000;

/**
 * Two states that differ in nothing that a rule may look at become one: the rules compare positions and the age of the
 * window, so generations, branches and times may be shifted, and all ages past the window are one.
 */
function canonical(world: HonestWorld, grace: number): HonestWorld {
  const { row, now } = world;
  const shift = (position: TokenPosition) => shifted(position, world);
  const rotatedAt = row.rotatedAt === null ? null : Math.max(row.rotatedAt - now, -grace);
  const nextBranch = row.nextBranch === null ? null : BASE;
  const flights = world.flights.map(({ carries, sentAt, answer }) => ({
    carries: shift(carries),
    sentAt: sentAt - now,
    answer: answer && shift(answer),
  }));
  return {
    now: 0,
    row: { ...row, generation: BASE, branch: BASE, nextBranch, rotatedAt },
    jar: shift(world.jar),
    flights: flights.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
  };
}

function shifted({ generation, branch }: TokenPosition, { row }: HonestWorld): TokenPosition {
  const ahead = generation - row.generation;
  const reference = ahead === 0 ? row.branch : ahead === 1 ? (row.nextBranch ?? BASE) : BASE;
  return { generation: BASE + ahead, branch: BASE + branch - reference };
}

import type { decideRotation, TokenPosition } from '../../src/sessions/rotation.ts';
import type { RotationState } from '../../src/sessions/session.ts';

/** A rule for rotation: the server's, or a wrong one that a check must find out. */
export type RotationRule = typeof decideRotation;

/** A refresh under way: sent with the token that the jar held, perhaps handled by the server, not answered yet. */
interface Flight {
  readonly carries: TokenPosition;
  readonly sentAt: number;
  /** What the server handed out; undefined: it has not handled the request yet. */
  readonly answer: TokenPosition | undefined;
}

/** One session, and one honest client of it: all its tabs share one cookie jar. */
export interface HonestWorld {
  readonly now: number;
  readonly row: RotationState;
  readonly jar: TokenPosition;
  readonly flights: readonly Flight[];
}

export interface HonestModel {
  readonly rule: RotationRule;
  readonly grace: number;
  /** Requests that the tabs have under way at once, at most. */
  readonly tabs: number;
  /** Milliseconds: a request is answered sooner after it was sent, or never. */
  readonly latency: number;
  /** `quiet`: nothing is under way when a window ends. `busy`: a request may be sent before that and answered after. */
  readonly windowEnds: 'quiet' | 'busy';
}

/** What may happen next. `flight` counts modulo the number of those under way; where there is none, nothing happens. */
export type HonestEvent =
  | { readonly kind: 'send' }
  | { readonly kind: 'handle' | 'deliver' | 'lose'; readonly flight: number }
  | { readonly kind: 'wait'; readonly ms: number };

export const FIRST: TokenPosition = { generation: 0, branch: 0 };

export function newFamily(): RotationState {
  return { ...FIRST, nextBranch: null, rotatedAt: null, successorSeen: false };
}

export function honestStart(): HonestWorld {
  return { now: 0, row: newFamily(), jar: FIRST, flights: [] };
}

/** @returns REUSED when the server takes the honest client for a thief: what must never happen */
export function honestStep(
  model: HonestModel,
  world: HonestWorld,
  event: HonestEvent,
): HonestWorld | 'REUSED' {
  if (event.kind === 'send') return send(model, world);
  if (event.kind === 'wait') return wait(model, world, event.ms);
  const index = event.flight % Math.max(1, world.flights.length);
  const flight = world.flights[index];
  if (flight === undefined) return world;
  const others = world.flights.filter((_, other) => other !== index);
  if (event.kind === 'lose') return { ...world, flights: others };
  if (event.kind === 'handle') return handle(model, { ...world, flights: others }, flight);
  // The jar keeps what came last, whatever the order in which it was issued.
  return flight.answer === undefined ? world : { ...world, jar: flight.answer, flights: others };
}

function send({ tabs }: HonestModel, world: HonestWorld): HonestWorld {
  if (world.flights.length >= tabs) return world;
  const flight = { carries: world.jar, sentAt: world.now, answer: undefined };
  return { ...world, flights: [...world.flights, flight] };
}

function handle({ rule, grace }: HonestModel, world: HonestWorld, flight: Flight): HonestWorld | 'REUSED' {
  if (flight.answer !== undefined) return { ...world, flights: [...world.flights, flight] };
  const decision = rule(world.row, flight.carries, world.now, grace);
  if (decision.verdict === 'REUSED') return 'REUSED';
  return {
    ...world,
    row: decision.next,
    flights: [...world.flights, { ...flight, answer: decision.issue }],
  };
}

/** Time passes, and what would have to be answered later than the conditions allow is never answered. */
function wait(model: HonestModel, world: HonestWorld, ms: number): HonestWorld {
  const now = world.now + ms;
  const windowEnd = world.row.rotatedAt === null ? 0 : world.row.rotatedAt + model.grace;
  const ends = world.now < windowEnd && windowEnd <= now;
  if (ends && model.windowEnds === 'quiet') return { ...world, now, flights: [] };
  return { ...world, now, flights: world.flights.filter(({ sentAt }) => now - sentAt < model.latency) };
}

/** @returns the events up to the one that signed the honest client out; undefined: none did */
export function findSignOut(model: HonestModel, events: Iterable<HonestEvent>): HonestEvent[] | undefined {
  const history: HonestEvent[] = [];
  let world = honestStart();
  for (const event of events) {
    history.push(event);
    const next = honestStep(model, world, event);
    if (next === 'REUSED') return history;
    world = next;
  }
  return undefined;
}

import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import { decideRotation } from '../../src/sessions/rotation.ts';
import { findSignOut, type HonestEvent, type HonestModel, type RotationRule } from './honest-client.ts';
import { searchHonest } from './search-honest.ts';
import { type Presentation, runTheft, type Theft } from './thief-and-victim.ts';
import {
  afterTheWindowTheParentIsDead,
  deadBranchesLive,
  everySecondPresentationIsReuse,
  lostAnswersGetTheSameSuccessor,
  oneBehindIsAlwaysFine,
  parentDiesWhenTheSuccessorIsUsed,
  randomChild,
} from './wrong-rules.ts';

const GRACE = 30_000;
const HISTORIES = 3_000;

/**
 * Every run tries the same histories and as many new ones; fast-check prints the seed of a failure, and ROTATION_SEED
 * repeats it.
 */
const SEEDS = [2_026, Number(process.env['ROTATION_SEED'] ?? randomInt(2 ** 31))];

const flight = fc.nat({ max: 5 });
const honestEvent: fc.Arbitrary<HonestEvent> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<HonestEvent>({ kind: 'send' }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('handle' as const), flight }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('deliver' as const), flight }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('lose' as const), flight }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.nat({ max: GRACE / 3 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.nat({ max: 4 * GRACE }) }) },
);
const honestHistory = fc.array(honestEvent, { minLength: 20, maxLength: 120 });

const after = fc.oneof(fc.nat({ max: GRACE - 1 }), fc.integer({ min: GRACE, max: 10 * GRACE }));
const lost = fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.boolean() });
const by = fc.constantFrom('thief' as const, 'victim' as const);
const theft: fc.Arbitrary<Theft> = fc.record({
  before: fc.array(fc.record({ after, lost }), { maxLength: 8 }),
  age: fc.nat({ max: 4 }),
  afterwards: fc.array(fc.record({ by, after, lost }), { minLength: 2, maxLength: 60 }),
});

function honestModel(rule: RotationRule, change: Partial<HonestModel> = {}): HonestModel {
  return { rule, grace: GRACE, latency: GRACE, tabs: 4, windowEnds: 'quiet', ...change };
}

/** Small numbers, the same rule: five milliseconds stand for a window. */
function smallModel(rule: RotationRule, change: Partial<HonestModel> = {}): HonestModel {
  return { ...honestModel(rule), grace: 5, latency: 5, tabs: 3, ...change };
}

/** Every history of so many presentations after a theft, in bursts and apart, with every answer lost or not. */
function* everyTheft(length: number): Generator<Theft> {
  const moves: Presentation[] = [0, GRACE].flatMap((gap) => [
    { by: 'thief', after: gap, lost: false },
    { by: 'victim', after: gap, lost: false },
    { by: 'victim', after: gap, lost: true },
  ]);
  const befores = [[], [{ after: 0, lost: false }], [{ after: 0, lost: true }]];
  for (const before of befores) {
    for (let index = 0; index < moves.length ** length; index++) {
      const afterwards = Array.from({ length }, (_, place) => pick(moves, index, place));
      for (const age of [0, 1]) yield { before, age, afterwards };
    }
  }
}

function pick<T>(items: readonly T[], index: number, place: number): T {
  return items[Math.floor(index / items.length ** place) % items.length] as T;
}

function firstMissed(rule: RotationRule, histories: Iterable<Theft>): Theft | undefined {
  for (const history of histories) if (runTheft(rule, GRACE, history) === 'MISSED') return history;
  return undefined;
}

describe('an honest client with one cookie jar', () => {
  it.each(SEEDS)('is never taken for a thief, in thousands of random histories (seed %i)', (seed) => {
    const property = fc.property(honestHistory, (events) => {
      expect(findSignOut(honestModel(decideRotation), events)).toBeUndefined();
    });
    fc.assert(property, { seed, numRuns: HISTORIES });
  });

  it('C6 is never taken for a thief in any state that three requests under way can reach', () => {
    const { states, signOut } = searchHonest(smallModel(decideRotation));
    expect(signOut).toBeUndefined();
    expect(states).toBeGreaterThan(5_000);
  });

  it('is never taken for a thief with one request at a time, though it is under way when a window ends', () => {
    const { states, signOut } = searchHonest(smallModel(decideRotation, { tabs: 1, windowEnds: 'busy' }));
    expect(signOut).toBeUndefined();
    expect(states).toBeGreaterThan(50);
  });

  it('with several at a time needs the condition that none is under way when a window ends', () => {
    // However quick the answers: two requests with the parent, sent just before the window ends, of which the slower one
    // is handled after it and after the first use of what the quicker one brought.
    for (const latency of [5, 2]) {
      const { signOut } = searchHonest(smallModel(decideRotation, { tabs: 2, latency, windowEnds: 'busy' }));
      expect(signOut?.at(-1)).toMatchObject({ kind: 'handle' });
    }
  });
});

describe('C5 a thief and a victim outside one another’s window', () => {
  it.each(SEEDS)('are found out when each has presented twice, however long they run (seed %i)', (seed) => {
    const property = fc.property(theft, (history) => {
      expect(runTheft(decideRotation, GRACE, history)).not.toBe('MISSED');
    });
    fc.assert(property, { seed, numRuns: HISTORIES });
  });

  it('are found out in every history of six presentations', () => {
    expect(firstMissed(decideRotation, everyTheft(6))).toBeUndefined();
  });

  it('are found out when they leapfrog for as long as they like, whoever begins', () => {
    for (const parties of [['thief', 'victim'] as const, ['victim', 'thief'] as const]) {
      const afterwards = Array.from({ length: 1_000 }, (_, turn) => ({
        by: pick(parties, turn, 0),
        after: GRACE,
        lost: false,
      }));
      expect(runTheft(decideRotation, GRACE, { before: [], age: 0, afterwards })).toBe('FOUND_OUT');
    }
  });
});

describe('the checks themselves', () => {
  const signOutHonestClients = {
    parentDiesWhenTheSuccessorIsUsed,
    everySecondPresentationIsReuse,
    randomChild,
    afterTheWindowTheParentIsDead,
  };
  const missThieves = { oneBehindIsAlwaysFine, lostAnswersGetTheSameSuccessor, deadBranchesLive };

  it.each(Object.entries(signOutHonestClients))('find that %s signs out an honest client', (_, rule) => {
    expect(searchHonest(smallModel(rule)).signOut).toBeDefined();
    const histories = fc.sample(honestHistory, { seed: 2_026, numRuns: HISTORIES });
    expect(histories.some((events) => findSignOut(honestModel(rule), events) !== undefined)).toBe(true);
  });

  it.each(Object.entries(missThieves))('find that %s misses a thief', (_, rule) => {
    expect(firstMissed(rule, everyTheft(6))).toBeDefined();
    expect(firstMissed(rule, fc.sample(theft, { seed: 2_026, numRuns: HISTORIES }))).toBeDefined();
  });

  it('reach every kind of decision in the random histories', () => {
    const reached = new Set<string>();
    const watched: RotationRule = (state, presented, now, grace) => {
      const decision = decideRotation(state, presented, now, grace);
      const ahead = presented.generation - state.generation;
      reached.add(
        `${decision.verdict} ${state.nextBranch === null ? 'fresh' : ahead} ${state.successorSeen}`,
      );
      return decision;
    };
    for (const events of fc.sample(honestHistory, { seed: 2_026, numRuns: HISTORIES }))
      findSignOut(honestModel(watched), events);
    expect([...reached].sort()).toEqual([
      'REPLAYED 0 false',
      'REPLAYED 0 true',
      'REPLAYED 1 false',
      'REPLAYED 1 true',
      'ROTATED 0 false',
      'ROTATED 1 false',
      'ROTATED 1 true',
      'ROTATED fresh false',
    ]);
  });
});

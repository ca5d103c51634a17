import { decideRotation, type TokenPosition } from '../../src/sessions/rotation.ts';
import type { RotationState } from '../../src/sessions/session.ts';

const GRACE = 30_000;
const ROTATED_AT = 1_750_000_000_000;
const MAX_GENERATION = 0xffff_ffff;
const MAX_BRANCH = 0xffff;

/** A family whose token 5.2 is the current one and has not been exchanged yet. */
const FRESH: RotationState = {
  generation: 5,
  branch: 2,
  nextBranch: null,
  rotatedAt: null,
  successorSeen: false,
};
/** The same, exchanged for 6.1. */
const EXCHANGED: RotationState = { ...FRESH, nextBranch: 1, rotatedAt: ROTATED_AT };
const SEEN: RotationState = { ...EXCHANGED, successorSeen: true };

const CURRENT = at(5, 2);
const SUCCESSOR = at(6, 1);

/** Times after the rotation; the window is half open: at exactly `grace` it is over. */
const IN_WINDOW = { 'at once': 0, 'in the window': 12_000, 'in its last millisecond': GRACE - 1 };
const AFTER = { 'when it is exactly over': GRACE, 'long after': 30 * 86_400_000 };
/** Another instance or a clock that was set back may be behind `rotatedAt`. */
const BEHIND = { 'by a clock that is behind': -5_000 };

function at(generation: number, branch: number): TokenPosition {
  return { generation, branch };
}

function decide(state: RotationState, presented: TokenPosition, sinceRotation: number, grace = GRACE) {
  return decideRotation(state, presented, ROTATED_AT + sinceRotation, grace);
}

/** The presented token becomes the current one and is exchanged for its first successor; the window opens. */
function exchanged(presented: TokenPosition, sinceRotation: number) {
  const { generation, branch } = presented;
  const rotatedAt = ROTATED_AT + sinceRotation;
  return {
    verdict: 'ROTATED',
    issue: at(generation + 1, 0),
    next: { generation, branch, nextBranch: 0, rotatedAt, successorSeen: false },
  };
}

const REUSED = { verdict: 'REUSED' };

describe('decideRotation, the table of DESIGN section 4', () => {
  describe('the current token, not yet exchanged', () => {
    it.each(Object.entries({ ...BEHIND, ...IN_WINDOW, ...AFTER }))('is exchanged %s', (_, ms) => {
      expect(decide(FRESH, CURRENT, ms)).toEqual(exchanged(CURRENT, ms));
    });
  });

  describe('the current token, exchanged', () => {
    it.each(Object.entries({ ...BEHIND, ...IN_WINDOW }))('gets the same successor again %s', (_, ms) => {
      for (const state of [EXCHANGED, SEEN]) {
        expect(decide(state, CURRENT, ms)).toEqual({ verdict: 'REPLAYED', issue: SUCCESSOR, next: state });
      }
    });

    it.each(Object.entries(AFTER))('gets the next branch %s, when the successor was never seen', (_, ms) => {
      expect(decide(EXCHANGED, CURRENT, ms)).toEqual({
        verdict: 'ROTATED',
        issue: at(6, 2),
        next: { ...EXCHANGED, nextBranch: 2, rotatedAt: ROTATED_AT + ms },
      });
    });

    it.each(Object.entries(AFTER))('is reuse %s, when the successor was seen', (_, ms) => {
      expect(decide(SEEN, CURRENT, ms)).toEqual(REUSED);
    });
  });

  describe('the live successor', () => {
    it.each(Object.entries({ ...BEHIND, ...IN_WINDOW }))('is given again %s, and is seen', (_, ms) => {
      for (const state of [EXCHANGED, SEEN]) {
        expect(decide(state, SUCCESSOR, ms)).toEqual({ verdict: 'REPLAYED', issue: SUCCESSOR, next: SEEN });
      }
    });

    it.each(Object.entries(AFTER))('becomes the current one and is exchanged %s', (_, ms) => {
      for (const state of [EXCHANGED, SEEN]) {
        expect(decide(state, SUCCESSOR, ms)).toEqual(exchanged(SUCCESSOR, ms));
      }
    });
  });

  describe('older, or a dead branch', () => {
    const older = {
      'C3 an ancestor': at(4, 0),
      'C3 an ancestor of a higher branch': at(4, 9),
      'the very first': at(0, 0),
      'a dead branch of the current generation': at(5, 1),
      'a dead branch of the successor': at(6, 0),
    };

    it.each(Object.entries(older))('%s is reuse, in the window and after it', (_, presented) => {
      for (const ms of Object.values({ ...BEHIND, ...IN_WINDOW, ...AFTER })) {
        for (const state of [EXCHANGED, SEEN]) expect(decide(state, presented, ms)).toEqual(REUSED);
      }
    });

    it('is reuse where the current one has not been exchanged', () => {
      for (const presented of [at(4, 0), at(4, 9), at(5, 1)])
        expect(decide(FRESH, presented, 0)).toEqual(REUSED);
    });
  });

  describe('newer: the database lost a commit', () => {
    const newer = {
      'another branch of the successor': at(6, 2),
      'a generation more': at(7, 0),
      'many generations more': at(1_000, 3),
    };

    it.each(Object.entries(newer))('%s is believed, in the window and after it', (_, presented) => {
      for (const ms of Object.values({ ...BEHIND, ...IN_WINDOW, ...AFTER })) {
        for (const state of [EXCHANGED, SEEN]) {
          expect(decide(state, presented, ms)).toEqual(exchanged(presented, ms));
        }
      }
    });

    it('is judged against the current one where there is no successor', () => {
      for (const presented of [at(5, 3), at(6, 0), at(9, 0)])
        expect(decide(FRESH, presented, 0)).toEqual(exchanged(presented, 0));
    });
  });

  describe('without a window (grace 0)', () => {
    it('exchanges the live successor at once, seen or not', () => {
      for (const state of [EXCHANGED, SEEN])
        expect(decide(state, SUCCESSOR, 0, 0)).toEqual(exchanged(SUCCESSOR, 0));
    });

    it('still tells a lost response from reuse', () => {
      expect(decide(EXCHANGED, CURRENT, 0, 0)).toMatchObject({ verdict: 'ROTATED', issue: at(6, 2) });
      expect(decide(SEEN, CURRENT, 0, 0)).toEqual(REUSED);
    });
  });

  describe('at the limits of the format', () => {
    const lastBranch: RotationState = { ...EXCHANGED, nextBranch: MAX_BRANCH };

    it('issues the last branch and none beyond it: a session whose answers are always lost must log in anew', () => {
      const before: RotationState = { ...EXCHANGED, nextBranch: MAX_BRANCH - 1 };
      expect(decide(before, CURRENT, GRACE)).toMatchObject({ issue: at(6, MAX_BRANCH) });
      expect(decide(lastBranch, CURRENT, GRACE)).toEqual(REUSED);
      expect(decide(lastBranch, CURRENT, 0)).toMatchObject({ verdict: 'REPLAYED', issue: at(6, MAX_BRANCH) });
    });

    it('issues the last generation and none beyond it', () => {
      const before: RotationState = { ...FRESH, generation: MAX_GENERATION - 1 };
      const last: RotationState = { ...FRESH, generation: MAX_GENERATION };
      expect(decide(before, at(MAX_GENERATION - 1, 2), 0)).toMatchObject({ issue: at(MAX_GENERATION, 0) });
      expect(decide(last, at(MAX_GENERATION, 2), 0)).toEqual(REUSED);
    });
  });

  it('changes nothing that it was given', () => {
    const state = Object.freeze({ ...EXCHANGED });
    for (const presented of [CURRENT, SUCCESSOR, at(4, 0), at(7, 0)]) {
      for (const ms of [0, GRACE]) decide(state, Object.freeze({ ...presented }), ms);
    }
    expect(state).toEqual(EXCHANGED);
  });
});

import fc from 'fast-check';
import {
  JWKS_MAX_AGE,
  type KeyTimes,
  LAST_TOKEN,
  PUBLICATION_LEAD,
  type SigningKeyState,
  statesAt,
} from '../../src/keys/key-state.ts';

const START = 1_750_000_000_000;

function key(kid: string, change: Partial<KeyTimes> = {}): KeyTimes {
  return { kid, createdAt: START, activeFrom: START, expiresAt: null, revoked: false, ...change };
}

function states(keys: readonly KeyTimes[], now: number): Record<string, SigningKeyState> {
  return Object.fromEntries(statesAt(keys, now).map(({ key: { kid }, state }) => [kid, state]));
}

/** The moments of a routine rotation. */
const SWITCH = START + PUBLICATION_LEAD;
const END = SWITCH + LAST_TOKEN;
const ROTATION = [key('old', { activeFrom: START - 1, expiresAt: END }), key('new', { activeFrom: SWITCH })];

describe('the states of signing keys', () => {
  it.each<[title: string, at: number, expected: Record<string, SigningKeyState>]>([
    ['from the publication of the new one', START, { old: 'ACTIVE', new: 'NEXT' }],
    ['to the last millisecond before it signs', SWITCH - 1, { old: 'ACTIVE', new: 'NEXT' }],
    ['when it signs', SWITCH, { old: 'RETIRING', new: 'ACTIVE' }],
    ['as long as the old one has tokens', END - 1, { old: 'RETIRING', new: 'ACTIVE' }],
    ['when the last of them is past', END, { new: 'ACTIVE' }],
  ])('of a rotation, %s', (_title, at, expected) => {
    expect(states(ROTATION, at)).toEqual(expected);
  });

  it('of a revocation: all that was there at once, whatever its state was', () => {
    const dead = { revoked: true, expiresAt: START + LAST_TOKEN };
    const keys = [key('old', dead), key('next', { ...dead, activeFrom: SWITCH }), key('new')];
    expect(states(keys, START)).toEqual({ old: 'REVOKED', next: 'REVOKED', new: 'ACTIVE' });
    expect(states(keys, START + LAST_TOKEN)).toEqual({ new: 'ACTIVE' });
  });

  it('leave one key to sign when the clock of the database has gone back before all of them', () => {
    const keys = [key('late', { activeFrom: START + 2 }), key('early', { activeFrom: START + 1 })];
    expect(states(keys, START)).toEqual({ late: 'NEXT', early: 'ACTIVE' });
  });

  it('are the same at every instance, in whatever order the rows come: one is ACTIVE', () => {
    const anyKey = fc.record({
      kid: fc.string({ minLength: 1, maxLength: 3 }),
      createdAt: fc.nat(9),
      activeFrom: fc.nat(9),
      expiresAt: fc.option(fc.nat(9)),
      revoked: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.uniqueArray(anyKey, { selector: ({ kid }) => kid }), fc.nat(9), (keys, now) => {
        const here = statesAt(keys, now);
        expect(statesAt([...keys].reverse(), now)).toEqual(here);
        const usable = here.filter(({ key: { revoked } }) => !revoked);
        const active = usable.filter(({ state }) => state === 'ACTIVE');
        expect(active).toHaveLength(Math.min(1, usable.length));
      }),
    );
  });
});

it('publishes a key for longer than the JWKS may be cached and common verifiers wait between two fetches', () => {
  const jose = 30;
  expect(PUBLICATION_LEAD).toBeGreaterThan((JWKS_MAX_AGE + jose) * 1000);
});

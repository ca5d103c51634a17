import { type Faults, type FeedModel, type FeedRules, RULES } from './feed-world.ts';
import { searchFeed } from './search-feed.ts';

// Some hundred thousand states: on a loaded machine they take a while.
jest.setTimeout(240_000);

function model(writers: number, faults: Partial<Faults>, change: Partial<FeedRules> = {}): FeedModel {
  return { rules: { ...RULES, ...change }, acknowledges: false, writers, faults };
}

/** What is searched, and how many states it has at least. */
const SEARCHES: readonly (readonly [states: number, model: Omit<FeedModel, 'rules' | 'acknowledges'>])[] = [
  [15_000, { writers: 2, faults: {} }],
  [30_000, { writers: 2, faults: { failover: 1 } }],
  [3_000, { writers: 1, faults: { crash: 1, lose: 2 } }],
  [3_000, { writers: 1, faults: { crash: 1, setClock: 1 } }],
  [3_000, { writers: 1, faults: { crash: 1, suspend: 3 } }],
];

describe.each([
  ['follows the feed', false],
  ['acknowledges itself, and is exact', true],
] as const)('an instance that %s', (_, acknowledges) => {
  it.each(SEARCHES)('E7 accepts nothing too late in any of more than %i states: %j', (least, searched) => {
    const { states, accepted } = searchFeed({ rules: RULES, acknowledges, ...searched });
    expect(accepted).toBeUndefined();
    expect(states).toBeGreaterThan(least);
  });
});

it('E7 an instance that crashes between two revocations, and reads a feed that is purged, accepts nothing too late', () => {
  const { accepted } = searchFeed(model(2, { crash: 1, purge: 1 }));
  expect(accepted).toBeUndefined();
});

describe('the search finds', () => {
  it.each<readonly [string, FeedModel]>([
    ['numbers in another order than the commits', model(2, {}, { numbers: 'autoIncrement' })],
    ['a follower that does not know its place again', model(2, { failover: 1 }, { place: 'number' })],
    ['freshness that counts from the answer', model(1, {}, { provenFrom: 'answered' })],
    ['freshness by the wall clock alone', model(1, { setClock: 1 }, { clocks: 'wall' })],
    ['freshness by the monotonic clock alone', model(1, { suspend: 3 }, { clocks: 'monotonic' })],
    [
      'an empty list after a restart, and reading on from the head',
      model(2, { crash: 1 }, { afterCrash: 'head' }),
    ],
    ['messages that are taken for the truth', model(1, {}, { truth: 'messages' })],
    [
      'an acknowledgement before the own list knows',
      { ...model(1, {}, { ownRevocations: 'awaited' }), acknowledges: true },
    ],
  ])('%s', (_, wrong) => {
    expect(searchFeed(wrong).accepted).toBeDefined();
    // By that alone: the same world under the right rules is well.
    expect(searchFeed({ ...wrong, rules: RULES }).accepted).toBeUndefined();
  });
});

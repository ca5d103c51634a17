import type { FeedPage } from '../../src/revocation/feed-position.ts';
import { FollowedRevocations } from '../../src/revocation/followed-revocations.ts';
import { until } from '../support/until.ts';

const LISTENER = { onFailure: () => undefined, onRecovery: () => undefined };

/** A feed in which nothing was ever revoked, and an instance that follows it with keys of its own. */
function following(keys: { epoch: number }): FollowedRevocations {
  const page: FeedPage = { head: 0, now: 1, entries: [], isFull: false };
  const source = { read: async () => page, close: async () => undefined };
  const followed = new FollowedRevocations({ source, maxStaleness: 60_000, keys, listener: LISTENER });
  followed.start();
  return followed;
}

const rotation = (epoch: number) => ({ kind: 'KEYS', epoch, createdAt: 1, effectiveUntil: 2 }) as const;

describe('an instance that follows the feed', () => {
  it('E1 proves nothing by keys that are older than a rotation it has heard of', async () => {
    const keys = { epoch: 1 };
    const followed = following(keys);
    await until(async () => followed.isProven);
    followed.enter([rotation(2)]);
    expect([followed.isFresh, followed.isProven]).toEqual([true, false]);
    keys.epoch = 2;
    expect(followed.isProven).toBe(true);
    await followed.stop();
  });

  it('proves nothing by keys that went back, as after a failover that lost a rotation, until the next one', async () => {
    const keys = { epoch: 2 };
    const followed = following(keys);
    followed.enter([rotation(2)]);
    await until(async () => followed.isProven);
    keys.epoch = 1;
    expect([followed.isFresh, followed.isProven]).toEqual([true, false]);
    keys.epoch = 3;
    expect(followed.isProven).toBe(true);
    await followed.stop();
  });
});

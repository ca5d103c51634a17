import { onMysql } from '../support/databases.ts';
import { withProcesses } from '../support/processes.ts';
import { TestRedis } from '../support/redis.ts';
import { watchSessionUpdates } from '../support/session-updates.ts';
import { describeWithRedis } from '../support/with-redis.ts';
import { BOUND, Cluster, type ClusterOptions } from './campaign/cluster.ts';
import { violationsOf } from './campaign/promises.ts';
import { Recorder } from './campaign/recorder.ts';
import { BOUNDED_PLAYS, PLAYS, type Play, type Stage, silentRedis } from './campaign/scenes.ts';
import { readStored } from './campaign/stored.ts';

jest.setTimeout(120_000);

/** A bug that somebody has shipped, the play by which the campaign finds it out, and the promise that it breaks. */
interface Tooth {
  readonly bug: string;
  readonly play: Play | undefined;
  readonly broken: RegExp;
}

const SIGNED_OUT = /^signed out means signed out/;

const TEETH: readonly Tooth[] = [
  {
    bug: 'check-then-act-rotation',
    play: PLAYS['many present one refresh token'],
    broken: /^one rotation, .*: [2-9] rotations/,
  },
  {
    bug: 'counter-leapfrog',
    play: PLAYS['thief and victim in turn'],
    broken: /^a stolen refresh token is found out: both go on/,
  },
  {
    bug: 'plain-read-at-login',
    play: PLAYS['a login beside a change of its password'],
    broken: SIGNED_OUT,
  },
];

const BOUNDED_TEETH: readonly Tooth[] = [
  {
    bug: 'forgetful-instance',
    play: BOUNDED_PLAYS['what was done elsewhere is done again'],
    broken: SIGNED_OUT,
  },
  {
    bug: 'auto-increment-cursor',
    play: BOUNDED_PLAYS['a revocation commits late'],
    broken: SIGNED_OUT,
  },
  {
    bug: 'wall-clock-freshness',
    play: BOUNDED_PLAYS['a clock is set back while its instance is cut off'],
    broken: SIGNED_OUT,
  },
];

/** The bugs are put into the built server by `campaign/preload.mjs`; that none is found without one is the campaign's own test. */
onMysql('the fault campaign finds', (database) => {
  withProcesses();

  let isWatched = false;

  async function violationsWith(play: Play | undefined, options: Omit<ClusterOptions, 'databaseUrl'>) {
    const cluster = await Cluster.start({ ...options, databaseUrl: database().url, size: 2 });
    if (!isWatched) await watchSessionUpdates(database());
    isWatched = true;
    const recorder = new Recorder();
    const stage: Stage = { cluster, recorder, database: database() };
    try {
      await recorder.during(options.bug ?? '', false, async () => play?.(stage));
    } finally {
      await cluster.close();
    }
    const { entries, races, thefts, sequels } = recorder;
    const bound = options.freshness === 'strict' ? 0 : BOUND;
    return violationsOf({ entries, races, thefts, sequels, bound, stored: await readStored(database()) });
  }

  it.each(TEETH)('$bug', async ({ bug, play, broken }) => {
    const violations = await violationsWith(play, { freshness: 'strict', bug });
    expect(violations).toContainEqual(expect.stringMatching(broken));
  });

  it.each(BOUNDED_TEETH)('$bug', async ({ bug, play, broken }) => {
    const violations = await violationsWith(play, { freshness: 'bounded', bug });
    expect(violations).toContainEqual(expect.stringMatching(broken));
  });

  describeWithRedis('with Redis', () => {
    it('redis-as-truth', async () => {
      const redis = await TestRedis.start();
      const options = { freshness: 'bounded', bug: 'redis-as-truth', redisUrl: redis.url } as const;
      const violations = await violationsWith(silentRedis, options);
      await redis.kill();
      expect(violations).toContainEqual(expect.stringMatching(SIGNED_OUT));
    });
  });
});

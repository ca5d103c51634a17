import { setTimeout as sleep } from 'node:timers/promises';
import type { OwnMariadb } from '../../support/mysql.ts';
import type { TestRedis } from '../../support/redis.ts';
import { BOUND, type Cluster, type Instance } from './cluster.ts';
import type { Random } from './random.ts';

/** What a fault may befall. */
export interface Grounds {
  readonly cluster: Cluster;
  readonly mariadb: OwnMariadb;
  readonly redis: TestRedis | undefined;
}

/** Something breaks, stays broken for a while, and is mended. */
export type Fault = (grounds: Grounds, random: Random) => Promise<void>;

/** The control: people live as they do in every episode. */
export const NOTHING: Fault = (_, random) => sleep(random.between(800, 1_200));

const CLOCK = 5 * 60_000;

const anyOf = ({ cluster }: Grounds, random: Random): Instance => random.pick(cluster.instances);

/** Longer than an instance may go on with what it knows. */
const longerThanBound = (random: Random) => sleep(random.between(BOUND + 100, BOUND + 500));

/** Both at once. */
export function together(one: Fault, other: Fault): Fault {
  return async (grounds, random) => {
    await Promise.all([one(grounds, random.fork()), other(grounds, random.fork())]);
  };
}

/** What befalls instances and the database. */
export const FAULTS: Readonly<Record<string, Fault>> = {
  'an instance is killed': async (grounds, random) => {
    const instance = anyOf(grounds, random);
    await instance.kill();
    await sleep(random.between(0, 200));
    await instance.start();
  },
  'an instance is stopped': async (grounds, random) => {
    const instance = anyOf(grounds, random);
    instance.signal('SIGSTOP');
    await longerThanBound(random);
    instance.signal('SIGCONT');
  },
  'an instance is cut off from the database': async (grounds, random) => {
    const { database } = anyOf(grounds, random);
    await database.cut();
    await longerThanBound(random);
    await database.mend();
  },
  'the database does not answer an instance': async (grounds, random) => {
    const { database } = anyOf(grounds, random);
    database.jam();
    await longerThanBound(random);
    await database.mend();
  },
  'the database is slow for an instance': async (grounds, random) => {
    const { database } = anyOf(grounds, random);
    database.slow(random.between(20, 60));
    await longerThanBound(random);
    await database.mend();
  },
  'the clocks of the instances are set': async ({ cluster }, random) => {
    for (const instance of cluster.instances) {
      instance.setClock(random.pick([-CLOCK, 0, CLOCK]));
      await sleep(random.between(50, 250));
    }
  },
  'the database is killed': async ({ mariadb }, random) => {
    await mariadb.kill();
    await sleep(random.between(0, 300));
    await mariadb.restart();
  },
  'the database is stopped': async ({ mariadb }, random) => {
    mariadb.signal('SIGSTOP');
    await longerThanBound(random);
    mariadb.signal('SIGCONT');
  },
};

/** What befalls Redis. */
export const REDIS_FAULTS: Readonly<Record<string, Fault>> = {
  'Redis is killed': async ({ redis }, random) => {
    await redis?.kill();
    await longerThanBound(random);
    await redis?.restart();
  },
  'Redis is stopped': async ({ redis }, random) => {
    redis?.signal('SIGSTOP');
    await longerThanBound(random);
    redis?.signal('SIGCONT');
  },
  'Redis does not answer an instance': async (grounds, random) => {
    const { redis } = anyOf(grounds, random);
    redis?.jam();
    await longerThanBound(random);
    await redis?.mend();
  },
};

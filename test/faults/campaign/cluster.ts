import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { freePort } from '../../support/free-port.ts';
import { type Child, newFolder, startServe } from '../../support/processes.ts';
import { testEnvironment } from '../../support/server.ts';
import { until } from '../../support/until.ts';
import { Cable } from './cable.ts';

/** Milliseconds; the shortest MAX_STALENESS. */
export const BOUND = 1_000;

const PRELOAD = `--import=${pathToFileURL(join(__dirname, 'preload.mjs')).href}`;

/** Seconds, for as many episodes as there are: instances that a test run which was killed leaves behind end by themselves. */
const LIFETIME = 300 + 30 * Number(process.env['FAULT_EPISODES'] ?? 0);

export interface ClusterOptions {
  readonly databaseUrl: string;
  readonly redisUrl?: string | undefined;
  readonly freshness: 'strict' | 'bounded';
  /** One of `bugs/`. */
  readonly bug?: string;
  /** How many; three unless it is given. */
  readonly size?: number;
  /** More settings. */
  readonly env?: NodeJS.ProcessEnv;
}

/** One server process; it reaches database and Redis over cables of its own, and its clock can be set. */
export class Instance {
  #child: Child | undefined;

  private constructor(
    readonly url: string,
    readonly database: Cable,
    readonly redis: Cable | undefined,
    private readonly clock: string,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  static async create(options: ClusterOptions): Promise<Instance> {
    const database = await cableTo(options.databaseUrl);
    const redis = options.redisUrl === undefined ? undefined : await cableTo(options.redisUrl);
    const port = await freePort();
    const clock = join(newFolder(), 'clock');
    const env = {
      ...testEnvironment({ url: database.url }),
      PORT: `${port}`,
      FRESHNESS: options.freshness,
      MAX_STALENESS: `${BOUND / 1_000}s`,
      ACCESS_TOKEN_TTL: '1h',
      LOG_LEVEL: 'warn',
      ...(redis === undefined ? {} : { REDIS_URL: redis.url }),
      ...options.env,
      NODE_OPTIONS: PRELOAD,
      PORTCULLIS_TEST_CLOCK: clock,
      PORTCULLIS_TEST_BUG: options.bug ?? '',
    };
    writeFileSync(clock, eightBytes(0));
    return new Instance(`http://127.0.0.1:${port}`, database.cable, redis?.cable, clock, env);
  }

  /** As by a supervisor: what cannot reach its database ends, and is started again. */
  async start(attempts = 5): Promise<void> {
    this.#child = startServe({ env: this.env, lifetime: LIFETIME });
    try {
      await this.#child.ready();
    } catch (error) {
      if (attempts <= 1) throw error;
      await this.kill();
      await this.start(attempts - 1);
    }
  }

  /** As a loss of power does. */
  async kill(): Promise<void> {
    this.#child?.kill('SIGKILL');
    await this.#child?.exited;
  }

  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child?.kill(name);
  }

  /** @param shift milliseconds by which its time of day is wrong from now on */
  setClock(shift: number): void {
    writeFileSync(this.clock, eightBytes(shift), { flag: 'r+' });
  }

  async close(): Promise<void> {
    await Promise.all([this.kill(), this.database.cut(), this.redis?.cut()]);
  }
}

function eightBytes(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
}

async function cableTo(url: string): Promise<{ cable: Cable; url: string }> {
  const place = new URL(url);
  const defaultPort = place.protocol === 'redis:' ? 6379 : 3306;
  const cable = new Cable({ host: place.hostname, port: Number(place.port || defaultPort) });
  place.hostname = '127.0.0.1';
  place.port = String(await cable.open());
  return { cable, url: place.href };
}

/** Instances on one database. */
export class Cluster {
  private constructor(readonly instances: readonly Instance[]) {}

  static async start(options: ClusterOptions): Promise<Cluster> {
    const size = options.size ?? 3;
    const made = Array.from({ length: size }, () => Instance.create(options));
    const instances = await Promise.all(made);
    await Promise.all(instances.map((instance) => instance.start()));
    const cluster = new Cluster(instances);
    await cluster.ready();
    return cluster;
  }

  instance(index: number): Instance {
    const found = this.instances[index];
    if (found === undefined) throw new Error(`There is no instance ${index}.`);
    return found;
  }

  get last(): Instance {
    return this.instance(this.instances.length - 1);
  }

  /** Until all of them say that they are ready to serve. */
  async ready(): Promise<void> {
    for (const { url } of this.instances)
      await until(async () => (await fetch(`${url}/readyz`).catch(() => undefined))?.ok === true);
  }

  async close(): Promise<void> {
    await Promise.all(this.instances.map((instance) => instance.close()));
  }
}

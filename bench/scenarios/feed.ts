import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LOGOUT, send, type Tokens } from '../../test/support/client.ts';
import type { TestDatabase } from '../../test/support/databases.ts';
import { FeedReader } from '../../test/support/feed-reader.ts';
import { isRedisInstalled, TestRedis } from '../../test/support/redis.ts';
import { basic, type Service } from '../../test/support/service.ts';
import type { Bench, Section } from '../bench.ts';
import { createAccount, environment, signIn, startPortcullis } from '../portcullis.ts';
import { type Program, ROOT, withPrograms } from '../program.ts';
import { quantile } from '../statistics.ts';

const SUBSCRIBERS = 1_000;
/** How many subscribe at once: each reads what it has missed. */
const SUBSCRIBING = 50;

/** The feed of revocations: how soon another service knows, and what those cost that listen. */
export async function feed(bench: Bench): Promise<Section> {
  return {
    title: 'The feed of revocations',
    about: `Two instances on MySQL. The time is from the sending of \`logout\` to one of them until the message has been read by a subscriber of \`GET /revocations\`, ${logouts(bench)} times one after another. What subscribers cost is measured while nothing happens but the heartbeat: ${SUBSCRIBERS} of one instance, against the same instance before.`,
    columns: ['', 'measured'],
    rows: [
      ...(await propagationRows(bench, await bench.databases.mysql())),
      // Without a history, which each subscriber would be sent first.
      ...(await subscriberRows(bench, await bench.databases.mysql())),
    ],
  };
}

function logouts({ effort }: Bench): number {
  return effort.quick ? 5 : 200;
}

/** A credential, as an operator makes one. */
function createService(database: TestDatabase): Service {
  command(database, 'migrate');
  const { clientId: id, clientSecret: secret } = JSON.parse(
    command(database, 'client', 'create', 'the bench', '--json'),
  );
  return { id, secret, authorization: basic(id, secret) };
}

function command(database: TestDatabase, ...args: readonly string[]): string {
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, NODE_ENV: 'production', ...environment(database) };
  return execFileSync(process.execPath, [join(ROOT, 'bin/portcullis.js'), ...args], {
    env,
    encoding: 'utf8',
  });
}

async function propagationRows(bench: Bench, database: TestDatabase): Promise<string[][]> {
  const service = createService(database);
  const polling = await propagation(bench, database, service, {});
  const rows = [
    ['to a subscriber of the same instance', milliseconds(polling.here)],
    ['to one of the other instance, by polling', milliseconds(polling.there)],
  ];
  if (!isRedisInstalled) return rows;
  const redis = await TestRedis.start();
  try {
    const { there } = await propagation(bench, database, service, { REDIS_URL: redis.url });
    return [...rows, ['to one of the other instance, woken by Redis', milliseconds(there)]];
  } finally {
    await redis.kill();
  }
}

function propagation(bench: Bench, database: TestDatabase, service: Service, env: NodeJS.ProcessEnv) {
  return withPrograms(async (keep) => {
    const one = await keep(startPortcullis(database, env));
    const other = await keep(startPortcullis(database, env));
    const sessions = await signIn(one.url, await createAccount(one.url), logouts(bench));
    const readers = [
      await FeedReader.admitted(one.url, service),
      await FeedReader.admitted(other.url, service),
    ] as const;
    for (const reader of readers) await reader.current();
    const sentAt = new Map<string, number>();
    for (const session of sessions) await signOut(one, session, readers, sentAt);
    const [here, there] = [delays(readers[0], sentAt), delays(readers[1], sentAt)];
    for (const reader of readers) reader.close();
    return { here, there };
  });
}

async function signOut(
  { url }: Program,
  { refreshToken, sessionId }: Tokens,
  readers: readonly FeedReader[],
  sentAt: Map<string, number>,
): Promise<void> {
  // At a moment that has nothing to do with when the instances poll.
  await sleep(Math.random() * 250);
  sentAt.set(sessionId, performance.now());
  await send(url, LOGOUT, { input: { refreshToken } });
  for (const reader of readers) await reader.heard(sessionId);
}

function delays({ messages }: FeedReader, sentAt: ReadonlyMap<string, number>): number[] {
  return messages
    .filter(({ event }) => event === 'revocations')
    .flatMap(({ data, readAt }) =>
      (data as { sid: string }[]).map(({ sid }) => readAt - (sentAt.get(sid) ?? Number.NaN)),
    )
    .filter(Number.isFinite);
}

function milliseconds(delays: readonly number[]): string {
  const [p50, p99, longest] = [0.5, 0.99, 1].map((share) => quantile(delays, share).toFixed(0));
  return `p50 ${p50} ms, p99 ${p99} ms, longest ${longest} ms`;
}

function subscriberRows(bench: Bench, database: TestDatabase): Promise<string[][]> {
  const service = createService(database);
  return withPrograms(async (keep) => {
    const program = await keep(startPortcullis(database));
    const period = bench.effort.quick ? 1_000 : 20_000;
    const before = { load: await load(program, period), memory: program.residentMemory() ?? Number.NaN };
    const readers: FeedReader[] = [];
    while (readers.length < SUBSCRIBERS) {
      const each = Array.from({ length: SUBSCRIBING }, () => FeedReader.admitted(program.url, service));
      readers.push(...(await Promise.all(each)));
    }
    for (const reader of readers) await reader.current();
    const memory = (program.residentMemory() ?? Number.NaN) - before.memory;
    const used = (await load(program, period)) - before.load;
    if (readers.some(({ ended }) => ended !== undefined)) throw new Error('A subscription has ended.');
    for (const reader of readers) reader.close();
    return [
      ['memory of a subscriber', `${(memory / SUBSCRIBERS / 1024).toFixed(1)} KiB`],
      [`${SUBSCRIBERS} subscribers, of one processor`, `${(used * 100).toFixed(1)} %`],
    ];
  });
}

/** The share of one processor that it uses. */
async function load(program: Program, period: number): Promise<number> {
  const [from, used] = [performance.now(), program.cpuTime() ?? Number.NaN];
  await sleep(period);
  return ((program.cpuTime() ?? Number.NaN) - used) / 1000 / (performance.now() - from);
}

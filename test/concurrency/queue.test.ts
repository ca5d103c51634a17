import { type Connection, createConnection } from 'mysql2/promise';
import {
  type Answer,
  bearer,
  LOGIN,
  LOGOUT,
  MY_SESSIONS,
  REVOKE_OTHERS,
  refreshWith,
  registerUser,
  send,
  type Tokens,
} from '../support/client.ts';
import { idBytes, onEachDatabase, onMysql, type TestDatabase } from '../support/databases.ts';
import { scrape } from '../support/metrics.ts';
import { runServer } from '../support/running.ts';
import { withGaps, withoutQueue, withPatience } from '../support/sabotage.ts';
import type { TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

// A thousand requests: on a loaded machine they take a while.
jest.setTimeout(180_000);

function refusals(answers: readonly Answer[]): string[] {
  return answers.flatMap(({ refusal, text }) => (refusal === undefined ? [] : [text]));
}

/** Holds the lock of a user's row, as a transaction somewhere else would. */
async function lockUser(database: TestDatabase, userId: string): Promise<Connection> {
  const connection = await createConnection(database.url);
  await connection.query('START TRANSACTION');
  await connection.query('SELECT id FROM users WHERE id = ? FOR UPDATE', [idBytes(userId)]);
  return connection;
}

const CROWD = 500;

/** So many come at once: a slow machine has room for them, and the others come when it has. */
const GROUP = 50;

/** How many wait: in the process, for a connection of the pool, or on one for the lock. */
async function waitingAt(server: TestServer): Promise<number> {
  const seen = await scrape(server);
  const of = (name: string) => seen.get(`portcullis_${name}`) ?? 0;
  const onConnections = of('pool_connections') - of('pool_idle_connections');
  return of('transactions_waiting') + of('pool_waiting') + onConnections;
}

/** Whoever wants the row of one user, and gets no more than a refusal as long as its lock is held. */
class Crowd {
  readonly answers: Promise<Answer>[] = [];
  #sees: (seen: 'held up') => void = () => undefined;
  /** The first of them has waited as long as anybody waits for a connection, and was refused. */
  readonly turnedAway = new Promise<'held up'>((resolve) => {
    this.#sees = resolve;
  });

  constructor(
    private readonly server: TestServer,
    private readonly refreshToken: string,
  ) {}

  /** All of them, group by group, each when the one before it is seen to wait. */
  async gather(): Promise<void> {
    while (this.answers.length < CROWD) {
      this.answers.push(...Array.from({ length: GROUP }, () => this.#ask()));
      const areThere = async () => (await waitingAt(this.server)) >= this.answers.length;
      if ((await Promise.race([until(areThere), this.turnedAway])) === 'held up') return;
    }
  }

  async #ask(): Promise<Answer> {
    const answer = await send(this.server.url, LOGOUT, { input: { refreshToken: this.refreshToken } });
    this.#sees('held up');
    return answer;
  }
}

/** Everything that takes a lock of a user, and what does not. */
async function useAll(
  url: string,
  { accessToken, ...user }: Awaited<ReturnType<typeof registerUser>>,
): Promise<Answer[]> {
  return [
    await refreshWith(url, user.refreshToken),
    await send(url, LOGIN, { input: { email: user.email, password: user.password } }),
    await send(url, MY_SESSIONS, {}, bearer(accessToken)),
    await send(url, REVOKE_OTHERS, {}, bearer(accessToken)),
  ];
}

/**
 * Five hundred requests of one user wait for the lock of that user. Another user is served while all of them wait; and
 * all five hundred are answered once the lock is free. Whether that user was held up is told by what came first, not by a
 * clock: the crowd can get nothing before, but by a wait that came to its end.
 */
async function crowdOnOneUser(server: TestServer, database: TestDatabase): Promise<string[]> {
  const { url } = server;
  const [busy, other] = [await registerUser(url), await registerUser(url)];
  const holder = await lockUser(database, busy.userId);
  const crowd = new Crowd(server, busy.refreshToken);
  await crowd.gather();
  const answers = useAll(url, other);
  const first = await Promise.race([crowd.turnedAway, answers]);
  await holder.end();
  const violations = first === 'held up' ? ['the other user was held up'] : [];
  return [...violations, ...refusals([...(await answers), ...(await Promise.all(crowd.answers))])];
}

onMysql('the queue before the pool', (database) => {
  const server = runServer(database, { METRICS_PORT: '0' });

  it('I10 lets five hundred wait for one user without holding up another', async () => {
    expect(await withPatience(() => crowdOnOneUser(server(), database()))).toEqual([]);
  });

  it('I10 would be noticed without the queue: the waiters would hold the whole pool', async () => {
    const violations = await withoutQueue(() => withPatience(() => crowdOnOneUser(server(), database())));
    expect(violations).toContain('the other user was held up');
  });
});

onEachDatabase('the queue before the writer', (database) => {
  const server = runServer(database);
  const users: Tokens[] = [];
  beforeAll(async () => {
    while (users.length < 8) users.push(await registerUser(server().url));
  });

  /** Several refreshes of several users at once: every one is answered. */
  async function crowd(): Promise<string[]> {
    const sent = users.flatMap(({ refreshToken }) =>
      Array.from({ length: 10 }, () => refreshWith(server().url, refreshToken)),
    );
    return refusals(await Promise.all(sent));
  }

  it('answers a crowd of several users', async () => {
    expect(await crowd()).toEqual([]);
    expect(await withGaps(crowd)).toEqual([]);
  });

  it('would be noticed without it on SQLite, whose one connection has one transaction', async () => {
    const violations = await withoutQueue(crowd);
    // MySQL's row locks and its pool serve a small crowd without a queue; see above for a large one.
    if (database().kind === 'sqlite') expect(violations).not.toEqual([]);
    else expect(violations).toEqual([]);
  });
});

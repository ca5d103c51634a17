import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, createConnection } from 'mysql2/promise';
import {
  type Answer,
  bearer,
  LOGIN,
  MY_SESSIONS,
  REVOKE_OTHERS,
  refreshWith,
  registerUser,
  send,
  type Tokens,
} from '../support/client.ts';
import { idBytes, onEachDatabase, onMysql, type TestDatabase } from '../support/databases.ts';
import { runServer } from '../support/running.ts';
import { withGaps, withoutQueue } from '../support/sabotage.ts';

/**
 * Milliseconds after which a request that nothing should hold up counts as held up, however busy the machine: less than a
 * wait for a lock or for the pool takes, after which it would be refused.
 */
const HELD_UP = 4_500;

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

/**
 * Five hundred refreshes of one user wait for the lock of that user. Another user is served meanwhile; and all five
 * hundred are answered once the lock is free.
 */
async function crowdOnOneUser(url: string, database: TestDatabase): Promise<string[]> {
  const [busy, other] = [await registerUser(url), await registerUser(url)];
  const holder = await lockUser(database, busy.userId);
  const waiting = Array.from({ length: 500 }, () => refreshWith(url, busy.refreshToken));
  await sleep(200);
  const answers = Promise.all([
    refreshWith(url, other.refreshToken),
    send(url, LOGIN, { input: { email: other.email, password: other.password } }),
    send(url, MY_SESSIONS, {}, bearer(other.accessToken)),
    send(url, REVOKE_OTHERS, {}, bearer(other.accessToken)),
  ]);
  const first = await Promise.race([answers, sleep(HELD_UP, 'held up' as const)]);
  await holder.end();
  const violations = first === 'held up' ? ['the other user was held up'] : [];
  return [...violations, ...refusals([...(await answers), ...(await Promise.all(waiting))])];
}

onMysql('the queue before the pool', (database) => {
  const server = runServer(database);

  it('I10 lets five hundred wait for one user without holding up another', async () => {
    expect(await crowdOnOneUser(server().url, database())).toEqual([]);
  });

  it('I10 would be noticed without the queue: the waiters would hold the whole pool', async () => {
    const violations = await withoutQueue(() => crowdOnOneUser(server().url, database()));
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

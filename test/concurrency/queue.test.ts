import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, createConnection } from 'mysql2/promise';
import { type Answer, refreshWith, registerUser, type Tokens } from '../support/client.ts';
import { idBytes, onEachDatabase, onMysql, type TestDatabase } from '../support/databases.ts';
import { runServer } from '../support/running.ts';
import { withGaps, withoutQueue } from '../support/sabotage.ts';

/** Milliseconds after which a request that nothing should hold up counts as held up. */
const HELD_UP = 3_000;

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
 * A hundred refreshes of one user wait for the lock of that user. Of another user, one is answered meanwhile; and all
 * hundred are, once the lock is free.
 */
async function hundredWaiters(url: string, database: TestDatabase): Promise<string[]> {
  const [busy, other] = [await registerUser(url), await registerUser(url)];
  const holder = await lockUser(database, busy.userId);
  const waiting = Array.from({ length: 100 }, () => refreshWith(url, busy.refreshToken));
  await sleep(200);
  const answer = refreshWith(url, other.refreshToken);
  const first = await Promise.race([answer, sleep(HELD_UP, 'held up' as const)]);
  await holder.end();
  const violations = first === 'held up' ? ['the other user was held up'] : [];
  return [...violations, ...refusals([await answer, ...(await Promise.all(waiting))])];
}

onMysql('the queue before the pool', (database) => {
  const server = runServer(database);

  it('lets a hundred wait for one user without holding up another', async () => {
    expect(await hundredWaiters(server().url, database())).toEqual([]);
  });

  it('would be noticed without the queue: the waiters would hold the whole pool', async () => {
    const violations = await withoutQueue(() => hundredWaiters(server().url, database()));
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

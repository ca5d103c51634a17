import { setTimeout as sleep } from 'node:timers/promises';
import { type EntityManager, type QueryDeepPartialEntity, SelectQueryBuilder } from 'typeorm';
import { BetterSqlite3QueryRunner } from 'typeorm/driver/better-sqlite3/BetterSqlite3QueryRunner.js';
import type { User } from '../../src/accounts/user.ts';
import { KeyedQueue } from '../../src/keyed-queue.ts';
import { SigningKeys } from '../../src/keys/signing-keys.ts';
import type { Session } from '../../src/sessions/session.ts';
import type { SessionChanges, UserChanges } from '../../src/sessions/store.ts';
import { Database } from '../../src/storage/database.ts';
import type { Rows } from '../../src/storage/rows.ts';
import { StateQuery } from '../../src/storage/state-query.ts';
import { StoredTransaction } from '../../src/storage/stored-transaction.ts';
import { uuidToBytes } from '../../src/tokens/uuid.ts';

/**
 * Takes protections away from the servers in this process, so that a test can show that it would notice. Each switch
 * holds while its argument runs; the servers know nothing of it.
 */

type Undo = () => void;
type Ending = Parameters<StoredTransaction['markEnded']>[1];

/** What a transaction keeps to itself. */
interface Inside {
  readonly manager: EntityManager;
  readonly database: { readonly rows: Rows };
}

async function during<T>(switches: readonly (() => Undo)[], work: () => Promise<T>): Promise<T> {
  const undo = switches.map((turn) => turn());
  try {
    return await work();
  } finally {
    for (const back of undo.reverse()) back();
  }
}

/** Replaces one method; `original` still is the real one. */
function replace<T extends object, K extends keyof T>(
  owner: T,
  name: K,
  make: (original: T[K]) => T[K],
): Undo {
  const original = owner[name];
  owner[name] = make(original);
  return () => {
    owner[name] = original;
  };
}

/**
 * Nothing is taken away, but between reading and writing there is time for others, as on a loaded machine.
 *
 * @param longest milliseconds
 */
export async function withGaps<T>(work: () => Promise<T>, longest = 4): Promise<T> {
  const gap = () => sleep(Math.random() * longest);
  const switches = [gapAfterUsers(gap), slower('session', gap), slower('openSessions', gap)];
  return during(switches, work);
}

/**
 * Read, decide, write, and no more: no row is locked, no update repeats what it decided upon, nobody queues; on SQLite,
 * whose lock is BEGIN IMMEDIATE, without a transaction. All at once, since each of these backs the others.
 */
export async function withoutLocks<T>(work: () => Promise<T>): Promise<T> {
  const switches = [noRowLocks, noSqliteTransaction, noQueue, blindUpdate, blindEnding, blindUser];
  return withGaps(() => during(switches, work), 15);
}

/** Waiters take a connection at once and wait on it. */
export async function withoutQueue<T>(work: () => Promise<T>): Promise<T> {
  return withGaps(() => during([noQueue], work));
}

/** Nothing is taken away either, but whoever waits for a lock gives up when the wait fails, not after so many seconds. */
export async function withPatience<T>(work: () => Promise<T>): Promise<T> {
  return during([noTimeLimit], work);
}

/** Every instance prepares an empty database by itself, at the same time. */
export async function withoutStartLock<T>(work: () => Promise<T>): Promise<T> {
  return withSlowStart(() => during([noStartLock, noSqliteTransaction], work));
}

/** Preparing an empty database takes a while. */
export async function withSlowStart<T>(work: () => Promise<T>): Promise<T> {
  const pause = () => sleep(50);
  return during([slower('signingKeys', pause), slower('countUsers', pause)], work);
}

/** Keys are read, and a rotation decided upon, without a lock. */
export async function withoutKeyLock<T>(work: () => Promise<T>): Promise<T> {
  const pause = () => sleep(50);
  return during([noSqliteTransaction, noQueue, unlockedKeys, slower('signingKeys', pause)], work);
}

/** An instance does not hear of a change of the keys by another one; it looks for a `kid` that it does not know. */
export async function withoutKeyNews<T>(work: () => Promise<T>): Promise<T> {
  return during([() => replace(SigningKeys.prototype, 'synchronize', () => async () => undefined)], work);
}

/** The state of a session is remembered for a second after it was read, as a cache of sessions would. */
export async function withStateCache<T>(work: () => Promise<T>): Promise<T> {
  return during([cachedStates], work);
}

const { prototype } = StoredTransaction;

function gapAfterUsers(gap: () => Promise<unknown>): () => Undo {
  return () =>
    replace(StoredTransaction, 'open', (open) => async (database, manager, userIds) => {
      const transaction = await open.call(StoredTransaction, database, manager, userIds);
      await gap();
      return transaction;
    });
}

/** A method of a transaction takes so much longer. */
function slower(
  name: 'session' | 'openSessions' | 'signingKeys' | 'countUsers',
  pause: () => Promise<unknown>,
): () => Undo {
  type Method = (...args: never[]) => Promise<unknown>;
  const owner = prototype as unknown as Record<typeof name, Method>;
  const make = (method: Method): Method =>
    async function (this: StoredTransaction, ...args) {
      const found = await method.apply(this, args);
      await pause();
      return found;
    };
  return () => replace(owner, name, make);
}

function unlockedKeys(): Undo {
  return replace(
    prototype,
    'signingKeys',
    () =>
      async function (this: StoredTransaction) {
        const { manager, database } = this as unknown as Inside;
        return manager.find(database.rows.signingKeys);
      },
  );
}

function noRowLocks(): Undo {
  return replace(
    SelectQueryBuilder.prototype,
    'setLock',
    () =>
      function (this: SelectQueryBuilder<object>) {
        return this;
      } as SelectQueryBuilder<object>['setLock'],
  );
}

const SQLITE_TRANSACTION = /^(BEGIN IMMEDIATE|COMMIT|ROLLBACK)$/;

function noSqliteTransaction(): Undo {
  return replace(
    BetterSqlite3QueryRunner.prototype,
    'query',
    (query) =>
      async function (this: BetterSqlite3QueryRunner, sql: string, ...rest: [unknown[]?, boolean?]) {
        return SQLITE_TRANSACTION.test(sql) ? [] : query.call(this, sql, ...rest);
      } as BetterSqlite3QueryRunner['query'],
  );
}

function noQueue(): Undo {
  return replace(KeyedQueue.prototype, 'run', () => (_, work) => work());
}

function noTimeLimit(): Undo {
  return replace(AbortSignal, 'timeout', () => () => new AbortController().signal);
}

function noStartLock(): Undo {
  return replace(Database.prototype, 'atStart', () => (work) => work());
}

function blindUpdate(): Undo {
  return replace(
    prototype,
    'updateSession',
    () =>
      async function (this: StoredTransaction, { id }: Session, changes: SessionChanges) {
        const { manager, database } = this as unknown as Inside;
        await manager.update(database.rows.sessions, { id }, changes);
      },
  );
}

function blindEnding(): Undo {
  return replace(
    prototype,
    'markEnded',
    () =>
      async function (this: StoredTransaction, ids: readonly string[], end: Ending) {
        const { manager, database } = this as unknown as Inside;
        const update = manager.createQueryBuilder().update(database.rows.sessions);
        const places = ids.map(uuidToBytes);
        await update.set(end).where('id IN (:...places)', { places }).execute();
      },
  );
}

function blindUser(): Undo {
  return replace(
    prototype,
    'updateUser',
    () =>
      async function (this: StoredTransaction, { id }: User, changes: UserChanges) {
        const { manager, database } = this as unknown as Inside;
        await manager.update(database.rows.users, { id }, changes as QueryDeepPartialEntity<User>);
      },
  );
}

function cachedStates(): Undo {
  const remembered = new Map<string, ReturnType<StateQuery['loadStates']>>();
  const timer = setInterval(() => remembered.clear(), 1_000);
  const undo = replace(
    StateQuery.prototype,
    'loadStates',
    (loadStates) =>
      function (this: StateQuery, ids) {
        const key = ids.join();
        const states = remembered.get(key) ?? loadStates.call(this, ids);
        remembered.set(key, states);
        return states;
      },
  );
  return () => {
    clearInterval(timer);
    undo();
  };
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditListener } from '../audit/event.ts';
import { unavailable } from '../errors/refusal.ts';
import { begin, commit, rollBack } from './begin-commit.ts';
import type { Database } from './database.ts';
import { asRefusal, isConflict } from './failures.ts';
import { KeyedQueue } from './keyed-queue.ts';
import { StoredTransaction } from './stored-transaction.ts';

/** Conflicts are rare under the locks; this many in a row mean that something else is wrong. */
const ATTEMPTS = 10;

/** SQLite has one writer, so all of them wait in one line. */
const THE_WRITER = ['sqlite'];

/** Runs write transactions: queued, locked, retried as a whole on a conflict, announced once durable. */
export class Transactions {
  readonly #queue = new KeyedQueue();

  constructor(
    private readonly database: Database,
    private readonly onRecorded: AuditListener,
  ) {}

  /**
   * @param userIds whose rows are locked first
   * @param signal aborted: work that has not begun does not begin
   * @throws Refusal UNAVAILABLE
   */
  async run<T>(
    userIds: readonly string[],
    work: (tx: StoredTransaction) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    const ids = [...new Set(userIds)].sort();
    const keys = this.database.dialect === 'sqlite' ? THE_WRITER : ids;
    return this.#queue.run(keys, async () => {
      for (let attempt = 1; ; attempt++) {
        if (signal?.aborted) throw unavailable('given up before its turn came');
        try {
          return await this.#attempt(ids, work);
        } catch (error) {
          if (!isConflict(error) || attempt === ATTEMPTS) throw asRefusal(error);
          await sleep(Math.random() * 5 * attempt);
        }
      }
    });
  }

  async #attempt<T>(userIds: readonly string[], work: (tx: StoredTransaction) => Promise<T>): Promise<T> {
    const runner = this.database.writer.createQueryRunner();
    try {
      await begin(runner);
      const tx = await StoredTransaction.open(this.database, runner.manager, userIds);
      const result = await work(tx);
      await commit(runner);
      tx.events.forEach(this.onRecorded);
      return result;
    } catch (error) {
      await rollBack(runner);
      throw error;
    } finally {
      await runner.release();
    }
  }
}

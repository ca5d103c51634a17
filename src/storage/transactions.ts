import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditListener } from '../audit/event.ts';
import { unavailable } from '../errors/refusal.ts';
import { KeyedQueue } from '../keyed-queue.ts';
import type { RevocationListener } from '../revocation/revocation.ts';
import { traced } from '../tracing.ts';
import { appendRevocations } from './append-revocations.ts';
import { begin, commit, rollBack } from './begin-commit.ts';
import type { Database } from './database.ts';
import { asRefusal, isConflict } from './failures.ts';
import { StoredTransaction } from './stored-transaction.ts';

/** Conflicts are rare under the locks; this many in a row mean that something else is wrong. */
const ATTEMPTS = 10;

/** Milliseconds from the call: nobody waits longer for a lock that somebody else does not give back. */
const LONGEST = 10_000;

/** SQLite has one writer, so all of them wait in one line. */
const THE_WRITER = ['sqlite'];

/** Runs write transactions: queued, locked, retried as a whole on a conflict, announced once durable. */
export class Transactions {
  readonly #queue = new KeyedQueue();

  constructor(
    private readonly database: Database,
    private readonly onRecorded: AuditListener,
    /** What a transaction has revoked, or found revoked, told before its caller hears that it is done. */
    private readonly onRevoked: RevocationListener,
  ) {}

  /** How many wait in the process for others that want the same rows. */
  get waiting(): number {
    return this.#queue.waiting;
  }

  /**
   * @param userIds whose rows are locked first
   * @param signal aborted: the caller has given up; work that has not begun under the locks does not begin
   * @throws Refusal UNAVAILABLE
   */
  async run<T>(
    userIds: readonly string[],
    work: (tx: StoredTransaction) => Promise<T>,
    signal: AbortSignal = AbortSignal.timeout(LONGEST),
  ): Promise<T> {
    const ids = [...new Set(userIds)].sort();
    const keys = this.database.dialect === 'sqlite' ? THE_WRITER : ids;
    return traced('transaction', () =>
      this.#queue.run(keys, () => this.#untilDone(ids, work, signal), signal),
    );
  }

  async #untilDone<T>(
    ids: readonly string[],
    work: (tx: StoredTransaction) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      refuseGivenUp(signal);
      try {
        return await this.#attempt(ids, work, signal);
      } catch (error) {
        if (!isConflict(error) || attempt === ATTEMPTS) throw asRefusal(error);
        await sleep(Math.random() * 5 * attempt);
      }
    }
  }

  async #attempt<T>(
    userIds: readonly string[],
    work: (tx: StoredTransaction) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    const runner = this.database.writer.createQueryRunner();
    try {
      await begin(runner, signal);
      const tx = await StoredTransaction.open(this.database, runner.manager, userIds);
      // The locks may have come long after the caller left, and after a retry of theirs: what was true of the request
      // then, such as a refresh token's place in the rotation, is not true now.
      refuseGivenUp(signal);
      const result = await work(tx);
      const revoked = await appendRevocations(this.database, runner.manager, tx.revocations, tx.now);
      await commit(runner);
      const known = [...revoked, ...tx.found];
      if (known.length > 0) this.onRevoked(known);
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

function refuseGivenUp(signal: AbortSignal): void {
  if (signal.aborted) throw unavailable('given up before its turn came');
}

import {
  type Refusal,
  SESSION_END_REASONS,
  type SessionEnd,
  sessionEnded,
  unauthenticated,
} from '../errors/refusal.ts';
import type { AccessTokenClaims } from '../tokens/access-token-claims.ts';
import { EFFECTIVE_FOR, type KnownRevocation } from './revocation.ts';

interface LeastVersion {
  readonly version: number;
  readonly until: number;
}

/** More than there are reasons. */
const REASONS = 16;

/**
 * What this instance knows to be revoked and what could still be valid otherwise: the ended sessions and the least token
 * versions of the last hour. Entries may come in any order and more than once: a version never goes down, and nothing is
 * forgotten before its time.
 *
 * Made to be small, for a million of them: a key is 16 latin1 characters, which is the id's 16 bytes, and what is known
 * of a session is one number (DESIGN section 6, memory).
 */
export class Denylist {
  /** By session: `effectiveUntil` × REASONS + the reason. */
  readonly #sessions = new Map<string, number>();
  readonly #users = new Map<string, LeastVersion>();
  #keyEpoch = 0;

  /** Entries that are remembered. */
  get size(): number {
    return this.#sessions.size + this.#users.size;
  }

  /** Signing keys that were loaded at an earlier epoch may have been revoked. */
  get keyEpoch(): number {
    return this.#keyEpoch;
  }

  /** @returns those that say what was not known */
  enter<Entry extends KnownRevocation>(entries: readonly Entry[]): Entry[] {
    return entries.filter((entry) => this.#enter(entry));
  }

  #enter(entry: KnownRevocation): boolean {
    const { effectiveUntil: until } = entry;
    if (entry.kind === 'SESSION') {
      const reason = SESSION_END_REASONS.indexOf(entry.reason);
      return this.#end(compactKey(entry.sessionId), until * REASONS + reason);
    }
    if (entry.kind === 'USER') return this.#raise(compactKey(entry.userId), entry.leastVersion, until);
    const isNews = entry.epoch > this.#keyEpoch;
    if (isNews) this.#keyEpoch = entry.epoch;
    return isNews;
  }

  /** A session can end twice where a failover lost the first time. */
  #end(key: string, end: number): boolean {
    const isNews = end > (this.#sessions.get(key) ?? 0);
    if (isNews) putLast(this.#sessions, key, end);
    return isNews;
  }

  #raise(key: string, version: number, until: number): boolean {
    const known = this.#users.get(key) ?? { version: 0, until: 0 };
    putLast(this.#users, key, {
      version: Math.max(known.version, version),
      until: Math.max(known.until, until),
    });
    return version > known.version;
  }

  /** Why a token is refused; undefined: nothing is known against it. */
  denial({ sessionId, subject, tokenVersion }: AccessTokenClaims): Refusal | undefined {
    const end = this.sessionEnd(sessionId);
    if (end !== undefined) return sessionEnded(end);
    return tokenVersion < this.leastVersion(subject) ? unauthenticated('STALE') : undefined;
  }

  /** How a session ended; undefined when it has not, or so long ago that its tokens have expired. */
  sessionEnd(sessionId: string): SessionEnd | undefined {
    const known = this.#sessions.get(compactKey(sessionId));
    if (known === undefined) return undefined;
    const at = Math.floor(known / REASONS) - EFFECTIVE_FOR;
    return { at, reason: SESSION_END_REASONS[known % REASONS] ?? 'LOGOUT' };
  }

  /** Tokens of a lower version are untrue. */
  leastVersion(userId: string): number {
    return this.#users.get(compactKey(userId))?.version ?? 0;
  }

  /**
   * Forgets what cannot matter any more. Maps keep the order of insertion, which is nearly that of time: one that is out
   * of order goes a little later.
   *
   * @param now milliseconds of the database's clock
   */
  purge(now: number): void {
    for (const [key, known] of this.#sessions) {
      if (Math.floor(known / REASONS) > now) break;
      this.#sessions.delete(key);
    }
    for (const [key, { until }] of this.#users) {
      if (until > now) break;
      this.#users.delete(key);
    }
  }
}

/** A map keeps a key at the place that it was first put in; here the order is that in which entries cease to matter. */
function putLast<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key);
  map.set(key, value);
}

function compactKey(uuid: string): string {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex').toString('latin1');
}

import type { Entry, History, Issued, Login, Revocation, StoredSession } from './history.ts';

export function isAccepted({ outcome }: Entry): boolean {
  return outcome === 'ACCEPTED';
}

/** It may have been done, and at any time. */
export function isUnknown(outcome: string): boolean {
  return outcome === 'LOST' || outcome === 'PENDING' || outcome === 'UNAVAILABLE';
}

/** What can be concluded from a history about a session or a token. */
export class Knowledge {
  readonly #bySession = new Map<string, Revocation[]>();
  readonly #byUser = new Map<string, Revocation[]>();
  readonly #ofAll: Revocation[] = [];
  readonly #logins = new Map<string, Login>();
  readonly #stolen: ReadonlySet<string>;

  constructor(private readonly history: History) {
    this.#stolen = new Set(history.thefts.map(({ sessionId }) => sessionId));
    for (const entry of history.entries) {
      if (entry.kind === 'LOGIN' && entry.sessionId !== undefined) this.#logins.set(entry.sessionId, entry);
      if (entry.kind === 'REVOCATION' && (isAccepted(entry) || isUnknown(entry.outcome))) this.#index(entry);
    }
  }

  #index(revocation: Revocation): void {
    const { sessionId, userId } = revocation;
    if (sessionId !== undefined) append(this.#bySession, sessionId, revocation);
    else if (userId !== undefined) append(this.#byUser, userId, revocation);
    else this.#ofAll.push(revocation);
  }

  /** All that may concern the session or the token of an entry. */
  revocationsFor(entry: Entry): readonly Revocation[] {
    if (entry.kind === 'REVOCATION') return [];
    const { sessionId, userId } = entry.kind === 'PROBE' ? entry.token : entry;
    const ofSession = sessionId === undefined ? [] : (this.#bySession.get(sessionId) ?? []);
    return [...ofSession, ...(this.#byUser.get(userId) ?? []), ...this.#ofAll];
  }

  /** Whether the entry was sent when the revocation had to be known where it was sent to. */
  forbids(revocation: Revocation, entry: Entry): boolean {
    if (!isAccepted(revocation) || entry.kind === 'REVOCATION') return false;
    // Mutations are strict everywhere (DESIGN section 5).
    const isExact = entry.kind !== 'PROBE' || entry.instance === revocation.instance;
    const from = revocation.answeredAt + (isExact ? 0 : this.history.bound);
    if (entry.sentAt <= from) return false;
    if (entry.kind === 'LOGIN') return revocation.voids !== undefined && revocation.voids === entry.password;
    if (entry.kind === 'REFRESH') return this.#surelyEnds(revocation, entry.sessionId);
    return this.#surelyEnds(revocation, entry.token.sessionId) || surelyOutdates(revocation, entry.token);
  }

  /** What had begun before it was asked for is ended by it; so is what was begun with a password that it made void. */
  #surelyEnds({ ends, spares, firstSentAt, voids }: Revocation, sessionId: string): boolean {
    const login = this.#logins.get(sessionId);
    if (!ends || sessionId === spares || login === undefined) return false;
    return login.answeredAt < firstSentAt || (voids !== undefined && login.password === voids);
  }

  isWronglyDenied(entry: Entry): boolean {
    if (entry.kind !== 'PROBE' && entry.kind !== 'REFRESH') return false;
    const { outcome, answeredAt } = entry;
    const { sessionId } = entry.kind === 'PROBE' ? entry.token : entry;
    if (this.#stolen.has(sessionId)) return false;
    if (/^(INVALID|EXPIRED|MISSING)$/.test(outcome)) return true;
    const earlier = this.revocationsFor(entry).filter(({ sentAt }) => sentAt < answeredAt);
    if (outcome === 'SESSION_ENDED') return !earlier.some((each) => mayEnd(each, sessionId));
    if (outcome !== 'STALE') return false;
    return entry.kind === 'REFRESH' || !earlier.some((each) => mayOutdate(each, entry.token));
  }

  mayHaveEnded({ id, userId }: StoredSession): boolean {
    if (this.#stolen.has(id)) return true;
    const all = [...(this.#bySession.get(id) ?? []), ...(this.#byUser.get(userId) ?? [])];
    return all.some((each) => mayEnd(each, id));
  }

  mustHaveEnded(sessionId: string): boolean {
    const login = this.#logins.get(sessionId);
    if (login === undefined) return false;
    return this.revocationsFor(login).some((each) => isAccepted(each) && this.#surelyEnds(each, sessionId));
  }
}

function append<T>(map: Map<string, T[]>, key: string, item: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [item]);
  else list.push(item);
}

function mayEnd({ ends, spares }: Revocation, sessionId: string): boolean {
  return ends && sessionId !== spares;
}

function surelyOutdates({ outdates, firstSentAt }: Revocation, token: Issued): boolean {
  return outdates && token.receivedAt < firstSentAt;
}

/** Whatever concerns all of a user, or everybody, may make the tokens untrue that were issued before. */
function mayOutdate(revocation: Revocation, token: Issued): boolean {
  const until = isUnknown(revocation.outcome) ? Number.POSITIVE_INFINITY : revocation.answeredAt;
  return revocation.sessionId === undefined && token.requestedAt < until;
}

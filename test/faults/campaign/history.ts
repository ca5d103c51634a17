import type { TokenPosition } from '../../../src/sessions/rotation.ts';

/**
 * What clients asked, when, and what came of it: the whole of what the promises are checked over. Times are milliseconds of
 * the one monotonic clock of the test's process: `sentAt` before the request left, `answeredAt` after the answer was read,
 * so that whatever is said to lie between an answer and a request truly did.
 */
export interface History {
  readonly entries: readonly Entry[];
  /** Milliseconds after which instances other than the acknowledging one must know a revocation; 0: at once (strict). */
  readonly bound: number;
  readonly races: readonly Race[];
  readonly thefts: readonly Theft[];
  readonly sequels: readonly Sequel[];
  /** What the database holds in the end, when nothing is under way. */
  readonly stored: Stored;
}

export type Entry = Login | Refresh | Probe | Revocation;

/**
 * `PENDING`: not answered yet. `LOST`: the connection broke. `ACCEPTED`: it was done. Else the reason of UNAUTHENTICATED, or
 * the code.
 */
export type Outcome = 'PENDING' | 'LOST' | 'ACCEPTED' | 'UNAVAILABLE' | (string & {});

interface Asked {
  /** What befell the servers meanwhile, for the reader of a violation. */
  readonly episode: string;
  /** The instance that was asked. */
  readonly instance: number;
  readonly sentAt: number;
  /** Nothing was wrong with the servers, and nothing else under way. */
  readonly calm: boolean;
  /** Infinity: never. */
  answeredAt: number;
  outcome: Outcome;
  detail?: string;
}

/** An access token as its client got it. */
export interface Issued {
  readonly sessionId: string;
  readonly userId: string;
  readonly text: string;
  /** When it was asked for, and when it was received. */
  readonly requestedAt: number;
  readonly receivedAt: number;
}

export interface Login extends Asked {
  readonly kind: 'LOGIN';
  readonly userId: string;
  readonly password: string;
  /** Nobody has asked for another password whose answer is not known. */
  readonly isSure: boolean;
  sessionId?: string;
}

export interface Refresh extends Asked {
  readonly kind: 'REFRESH';
  readonly userId: string;
  readonly sessionId: string;
  received?: TokenPosition;
}

/** A query with an access token. */
export interface Probe extends Asked {
  readonly kind: 'PROBE';
  readonly token: Issued;
}

/** What makes tokens untrue, and mostly ends sessions. */
export interface Revocation extends Asked {
  readonly kind: 'REVOCATION';
  readonly act: string;
  /** When it was first asked for: what was acknowledged may have found it done. */
  readonly firstSentAt: number;
  /** Whom it concerns; undefined: everybody. */
  readonly userId: string | undefined;
  /** The only session that it concerns; undefined: all of them. */
  readonly sessionId: string | undefined;
  /** Whether sessions end by it. */
  readonly ends: boolean;
  /** Whether it surely makes untrue what was issued before; not where it may have been so already. */
  readonly outdates: boolean;
  /** The session that asked for it and goes on. */
  readonly spares: string | undefined;
  /** The password that is good no longer. */
  readonly voids: string | undefined;
}

/** The same refresh token, presented many times at once by its honest holder. */
export interface Race {
  readonly sessionId: string;
  /** Refresh tokens that the presentations got, each once. */
  readonly successors: readonly string[];
  /** How often the row was rotated, as the database counted. */
  readonly rotations: number;
}

/** Two parties hold the tokens of one session and present them outside one another's window. */
export interface Theft {
  readonly sessionId: string;
  readonly presentations: readonly { readonly by: 'thief' | 'victim'; readonly served: boolean }[];
}

/** A protected field that stands in one document with the logout before it. */
export interface Sequel {
  readonly sessionId: string;
  readonly outcome: Outcome;
}

/** What the database holds. */
export interface Stored {
  readonly sessions: readonly StoredSession[];
  readonly users: readonly StoredUser[];
}

export interface StoredSession {
  readonly id: string;
  readonly userId: string;
  readonly endReason: string | null;
  /** The newest refresh token that has been issued. */
  readonly newest: TokenPosition;
  /** Lines of the security log, by type. */
  readonly audited: Readonly<Record<string, number>>;
  /** Entries of the feed that tell of its end. */
  readonly fed: number;
}

export interface StoredUser {
  readonly id: string;
  readonly tokenVersion: number;
  /** The highest version that the feed tells of; 0: none. */
  readonly fedVersion: number;
  /** Lines of the security log that tell of what raised the version. */
  readonly audited: number;
}

import type { Role } from '../accounts/user.ts';
import type { SessionEndReason } from '../errors/refusal.ts';

/** A user, as hooks are told of them. */
export interface HookUser {
  /** UUIDv7; where somebody registers, the one that the account will have. */
  readonly id: string;
  /** Normalised. */
  readonly email: string;
  readonly roles: readonly Role[];
}

/** Where a request came from. */
export interface HookOrigin {
  readonly ipAddress: string | null;
  /** The client's word about itself, at most 512 characters. */
  readonly userAgent: string | null;
}

/** Somebody who proved their password, or registers with one, and is not signed in yet. */
export interface PendingLogin extends HookOrigin {
  readonly operation: 'login' | 'register';
  readonly user: HookUser;
  /** The client's word; null: it gave none. */
  readonly deviceName: string | null;
}

/** What `beforeLogin` answers: nothing, or why this login must not be. */
export type LoginVerdict = { readonly veto?: string | undefined } | undefined | null;

/** A session that has begun, by a login or a registration. */
export interface BegunSession extends HookOrigin {
  readonly userId: string;
  readonly sessionId: string;
  readonly at: Date;
}

/** A session that somebody or something has ended. */
export interface EndedSession {
  readonly userId: string;
  readonly sessionId: string;
  readonly reason: SessionEndReason;
  /** The user who did it; null: nobody who is known, as where a refresh token was used twice. */
  readonly actorId: string | null;
  readonly at: Date;
}

/** Whom an access token is about to be issued to. */
export interface TokenHolder {
  readonly user: HookUser;
  readonly session: { readonly id: string };
}

/**
 * Where the program that Portcullis runs in has a word. Each hook may be asynchronous. A request waits for `beforeLogin` and
 * `claims`, for three seconds each at most; one that throws, takes longer or answers what it cannot mean fails closed: the
 * client reads UNAVAILABLE, and the log says why.
 */
export interface Hooks {
  /**
   * May this login be? Asked when the password was found right, or before an account is made, and before anything is written.
   * A veto is answered with FORBIDDEN, `problem: LOGIN_VETOED`, and its reason as the message. It stands in the security log
   * as a LOGIN_FAILED, and is no failure that slows anybody down. Asked anew when the account changes meanwhile.
   */
  beforeLogin?(login: PendingLogin): LoginVerdict | Promise<LoginVerdict>;
  /**
   * Claims of your own for every access token, at most 1024 bytes as JSON; names that have a meaning already are refused.
   * Asked whenever one is issued: by `login`, `register`, `refresh`, `reauthenticate` and `changePassword`.
   */
  claims?(holder: TokenHolder): object | undefined | Promise<object | undefined>;
  /** Told once the session is stored, by the process that began it; no answer waits for it. */
  afterLogin?(session: BegunSession): void | Promise<void>;
  /**
   * Told once the end is stored, by the process that ended the session; no answer waits for it. Nobody is told of sessions that
   * reach a deadline, or that the command line ends.
   */
  sessionEnded?(session: EndedSession): void | Promise<void>;
}

/** Those that a request waits for. */
export type AskedHooks = Pick<Hooks, 'beforeLogin' | 'claims'>;

/** Those that are told of what is done. */
export type ToldHooks = Pick<Hooks, 'afterLogin' | 'sessionEnded'>;

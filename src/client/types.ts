import type { PortcullisError } from './portcullis-error.ts';
import type { Session, SessionEndReason, User } from './session.ts';

/** How a session ended; empty after this browser's own logout, and where nobody knows. */
export interface Ending {
  readonly endReason?: SessionEndReason | undefined;
  readonly endedAt?: string | undefined;
}

/** A snapshot: never changed, replaced by another one. */
export interface ClientState extends Ending {
  /** `restoring`: not known yet whether somebody is signed in. */
  readonly status: 'restoring' | 'signedIn' | 'signedOut';
  readonly signedIn: boolean;
  /** As of the last login or refresh, like `session`. */
  readonly user?: User | undefined;
  readonly session?: Session | undefined;
  /** The last refresh, or the last word about a logout, did not reach the server or was answered UNAVAILABLE. Not a sign-out. */
  readonly unreachable: boolean;
}

export interface ClientEvents {
  readonly signedIn: ClientState;
  readonly refreshed: ClientState;
  readonly signedOut: Ending;
  readonly unreachable: PortcullisError;
}

/** Where a native app keeps the refresh token: the key store of the device. What is written is opaque. */
export interface RefreshTokenStorage {
  read(): MaybePromise<string | null | undefined>;
  write(token: string): MaybePromise<void>;
  remove(): MaybePromise<void>;
}

export type MaybePromise<T> = T | Promise<T>;

export interface ClientOptions {
  /** The GraphQL endpoint: `/graphql`, `https://auth.example.com/graphql`. */
  readonly url: string;
  /** Native apps: where the refresh token is kept. Without it, the httpOnly cookie. */
  readonly storage?: RefreshTokenStorage | undefined;
  /** Name of this device in the list of sessions. */
  readonly deviceName?: string | undefined;
  /**
   * Asked when an operation wants the password proven again; undefined when the person declines. The operation is
   * then sent again, once. After a wrong password it is asked again, with the error.
   */
  readonly reauthenticate?: ((challenge: Challenge) => Promise<string | undefined>) | undefined;
  /** Origins, exact, that `fetch` sends the access token to, beside the one of `url`. */
  readonly origins?: readonly string[] | undefined;
}

export interface Challenge {
  /** Seconds ago that the password may have been proven at most. */
  readonly maxAge: number;
  readonly error?: PortcullisError | undefined;
}

interface LoginOptions {
  readonly email: string;
  readonly password: string;
  /** `false`: signed out when the browser is closed. */
  readonly rememberMe?: boolean | undefined;
  readonly deviceName?: string | undefined;
}

export type LoginInput = LoginOptions;
export type RegisterInput = LoginOptions & { readonly displayName?: string | undefined };

/** A document that knows its types, as GraphQL Code Generator's `TypedDocumentString`; a plain string knows none. */
export interface TypedDocument<TResult, TVariables> {
  toString(): string;
  __apiType?: ((variables: TVariables) => TResult) | undefined;
}

/** What carries one operation: called with the access token to send, again with a newer one. */
export type Attempt<TAnswer> = (accessToken: string | undefined) => Promise<TAnswer>;

export interface PortcullisClient {
  /** The GraphQL endpoint, absolute. */
  readonly url: string;
  readonly state: ClientState;
  /** Called after each change of `state`. Returns what ends it. */
  subscribe(listener: () => void): () => void;
  on<TName extends keyof ClientEvents>(
    event: TName,
    listener: (detail: ClientEvents[TName]) => void,
  ): () => void;
  /** Resolves once it is known whether somebody is signed in. */
  ready(): Promise<ClientState>;
  login(input: LoginInput): Promise<ClientState>;
  register(input: RegisterInput): Promise<ClientState>;
  /** Signs out every tab at once, also offline; resolves when the server was told or could not be. Never rejects. */
  logout(): Promise<void>;
  changePassword(input: { currentPassword: string; newPassword: string }): Promise<ClientState>;
  reauthenticate(password: string): Promise<ClientState>;
  /** "Stay signed in": refreshes now. */
  extend(): Promise<ClientState>;
  /** Whole seconds until the inactivity timeout and the absolute lifetime; undefined when signed out. */
  timeLeft(): { readonly idle: number; readonly lifetime: number } | undefined;
  /** @throws PortcullisError the refusal of the answer, or UNREACHABLE */
  request<TResult = unknown, TVariables = Readonly<Record<string, unknown>>>(
    document: TypedDocument<TResult, TVariables> | string,
    variables?: TVariables,
  ): Promise<TResult>;
  /** `fetch` with the access token, to the origin of `url` and to `origins` only. */
  readonly fetch: (input: RequestInfo | URL, init?: RequestInit) => Promise<Response>;
  /** One that is good for now, refreshed first when it is about to expire; undefined when signed out. */
  accessToken(): Promise<string | undefined>;
  /** The one that is held, expired or not; undefined when signed out. Asks nothing, and counts as no use of the page. */
  heldToken(): string | undefined;
  /**
   * For adapters: lets an operation be attempted, and attempted again with a newer token where its refusal says that
   * this helps.
   */
  send<TAnswer>(
    attempt: Attempt<TAnswer>,
    refusalOf: (answer: TAnswer) => MaybePromise<PortcullisError | undefined>,
  ): Promise<TAnswer>;
  /** Ends its timers and listeners; signs nobody out. */
  close(): void;
}

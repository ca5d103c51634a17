import { unauthenticated } from '../errors/refusal.ts';
import { type AuthenticatedCaller, authenticatedCaller } from '../guard/authenticated-caller.ts';
import { bearerToken, headerOf } from '../guard/bearer.ts';
import type { Decision, Gate } from '../guard/gate.ts';
import type { Judged } from '../guard/requirement.ts';
import type { VerifiedToken } from '../tokens/verified-tokens.ts';
import { AccessTokenVerifier } from '../tokens/verify-access-token.ts';
import { basicAuthorization, type ClientCredential } from './client-credential.ts';
import { FeedStream } from './feed-stream.ts';
import { Introspection } from './introspection.ts';
import { RemoteKeys } from './remote-keys.ts';
import { RemoteRevocations } from './remote-revocations.ts';

export interface RemoteGateOptions extends ClientCredential {
  /** ISSUER of the Portcullis server, which its tokens name. */
  readonly issuer: string;
  /** Where the server is reached, when that is another address than the issuer. */
  readonly url?: string;
  /** A token is accepted when it is meant for one of these; the issuer itself when there are none. */
  readonly audience?: string | readonly string[];
  /** Milliseconds: how old the knowledge of revocations may be by which a token is accepted; 2000. */
  readonly maxStaleness?: number;
  /** The feed cannot be heard, so that the issuer is asked about each token. */
  readonly onFailure?: (error: unknown) => void;
  readonly onRecovery?: () => void;
}

/** MAX_STALENESS of the server. */
const MAX_STALENESS = 2_000;

/**
 * The guard of a service that has no database in common with the issuer: tokens are verified by the issuer's public keys,
 * revocations heard by its feed. Where the feed is not heard closely enough the issuer is asked about the token; where it
 * does not answer either, nobody is let in and nobody is called signed out.
 */
export class RemoteGate implements Gate {
  readonly #keys: RemoteKeys;
  readonly #tokens: AccessTokenVerifier;
  readonly #revocations: RemoteRevocations;
  readonly #introspection: Introspection;
  readonly #feed: FeedStream;

  /** @throws TypeError naming an option that is missing or cannot be used */
  constructor(options: RemoteGateOptions) {
    requireOptions(options);
    const { issuer, audience = issuer, maxStaleness = MAX_STALENESS } = options;
    const at = (path: string) => new URL(path, baseOf(options.url ?? issuer));
    const authorization = basicAuthorization(options);
    this.#keys = new RemoteKeys(at('.well-known/jwks.json'));
    this.#tokens = new AccessTokenVerifier({
      keys: this.#keys,
      issuer,
      audience: [audience].flat(),
      clock: Date,
    });
    this.#revocations = new RemoteRevocations(maxStaleness, this.#keys);
    this.#introspection = new Introspection({ url: at('oauth/introspect'), authorization, maxStaleness });
    this.#feed = new FeedStream({
      url: at('revocations'),
      authorization,
      listener: {
        onMessage: (message, asked) => this.#revocations.take(message, asked),
        onFailure: options.onFailure ?? (() => undefined),
        onRecovery: options.onRecovery ?? (() => undefined),
      },
    });
    this.#keys.start();
    this.#feed.start();
  }

  async authenticate(bearer: string | undefined): Promise<AuthenticatedCaller> {
    return authenticatedCaller(await this.#admit(headerOf(bearer)));
  }

  /** Whether the issuer need not be asked: what it revokes is heard of within `maxStaleness`. */
  get isCurrent(): boolean {
    return this.#revocations.isProven;
  }

  begin(authorization: string | undefined): Decision {
    return new RemoteDecision(() => this.#admit(authorization));
  }

  now(): number {
    return Date.now();
  }

  denied(): void {
    // A service counts by its own means.
  }

  /** Ends its timers and connections. */
  async close(): Promise<void> {
    this.#keys.stop();
    await this.#feed.stop();
  }

  async #admit(authorization: string | undefined): Promise<Judged> {
    const token = bearerToken(authorization);
    if (token === undefined) throw unauthenticated('MISSING');
    const verified = await this.#tokens.verify(token);
    const denial = this.#revocations.denial(verified.claims);
    if (denial !== undefined) throw denial;
    if (!this.#isKnown(verified)) await this.#confirm(token, verified);
    return { claims: verified.claims, user: verified.claims };
  }

  #isKnown(verified: VerifiedToken): boolean {
    return this.#revocations.isProven && this.#tokens.standing(verified) === 'GOOD';
  }

  /** The issuer does not tell why a token is not active (RFC 7662 §2.2); the client finds out when it refreshes. */
  async #confirm(token: string, verified: VerifiedToken): Promise<void> {
    const active = await this.#introspection.isActive(token, verified);
    const denial = this.#revocations.denial(verified.claims);
    if (denial !== undefined) throw denial;
    if (!active) throw unauthenticated('INVALID');
  }
}

/** What the feed tells is all there is to know, for writing as for reading. */
class RemoteDecision implements Decision {
  admitted: Judged | undefined;
  #admission: Promise<Judged> | undefined;

  constructor(private readonly find: () => Promise<Judged>) {}

  admit(): Judged | Promise<Judged> {
    this.#admission ??= this.#find();
    return this.admitted ?? this.#admission;
  }

  prove(): Judged | Promise<Judged> {
    return this.admit();
  }

  async #find(): Promise<Judged> {
    this.admitted = await this.find();
    return this.admitted;
  }
}

function requireOptions(options: RemoteGateOptions): void {
  for (const name of ['issuer', 'clientId', 'clientSecret'] as const)
    if (typeof options[name] !== 'string' || options[name] === '') throw new TypeError(`${name} is missing.`);
  for (const name of ['issuer', 'url'] as const) {
    const address = options[name];
    if (address !== undefined && !(URL.canParse(address) && /^https?:$/.test(new URL(address).protocol)))
      throw new TypeError(`${name} is no http or https address.`);
  }
}

/** Relative paths are resolved against it, below the path that the address has. */
function baseOf(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}

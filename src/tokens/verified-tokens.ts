import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { AccessTokenClaims } from './access-token-claims.ts';

/** A token whose form, signature and claims were found good once. */
export interface VerifiedToken {
  /** The `kid` of the key that signed it. */
  readonly kid: string;
  readonly claims: AccessTokenClaims;
}

/** What the cache has been good for since the start. */
export interface TokenCacheUse {
  readonly entries: number;
  readonly hits: number;
  /** Tokens that were verified anew, those that were then refused among them. */
  readonly misses: number;
}

/** Some 23 MB when full, at 460 bytes an entry; extra claims come on top. */
const MOST_TOKENS = 50_000;

/**
 * The tokens that were verified most recently: a signature takes some 150 µs to verify, and the same token comes with
 * every request of its session. What of a verified token may change, its expiry and its key, is for the caller to judge
 * at every hit. A token that was refused is never kept, so that no flood of forgeries can push honest ones out.
 *
 * Only canonical tokens come in (see `readForm`), so that a hit needs no check of the form: another spelling of a token
 * is another key.
 */
export class VerifiedTokens {
  /** By digest: half the memory, and no usable token stays behind in it (ASVS V14.2.2). */
  readonly #byDigest: LRUCache<string, VerifiedToken>;

  #hits = 0;
  #misses = 0;

  constructor(most = MOST_TOKENS) {
    this.#byDigest = new LRUCache({ max: most });
  }

  get use(): TokenCacheUse {
    return { entries: this.#byDigest.size, hits: this.#hits, misses: this.#misses };
  }

  find(token: string): VerifiedToken | undefined {
    const found = this.#byDigest.get(digest(token));
    if (found === undefined) this.#misses += 1;
    else this.#hits += 1;
    return found;
  }

  add(token: string, verified: VerifiedToken): void {
    this.#byDigest.set(digest(token), verified);
  }
}

/** The text is hashed as UTF-8: as Latin-1, characters above U+00FF would be cut down to those of another token. */
function digest(token: string): string {
  return hash('sha256', token, 'base64');
}

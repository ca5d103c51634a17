import { LRUCache } from 'lru-cache';
import { unavailable } from '../errors/refusal.ts';
import { KeyedQueue } from '../keyed-queue.ts';
import { Freshness, processMoment } from '../revocation/freshness.ts';
import type { VerifiedToken } from '../tokens/verified-tokens.ts';
import { requestJson } from './issuer-request.ts';

/** Tokens whose answers are kept; each is worth something for seconds only. */
const MOST_ANSWERS = 10_000;

/** Questions that are under way at once; the others stand in line. */
const LANES = 32;

/** Milliseconds that a question may stand in line. */
const PATIENCE = 1_000;

interface Asked {
  readonly freshness: Freshness;
  readonly answer: Promise<boolean>;
}

export interface IntrospectionOptions {
  readonly url: URL;
  readonly authorization: string;
  /** Milliseconds for which an answer may be relied on. */
  readonly maxStaleness: number;
}

/** Asks the issuer whether a token is active (RFC 7662): each token once for all who want to know at the moment. */
export class Introspection {
  /** By `jti`: only what the issuer has signed is asked about. */
  readonly #asked = new LRUCache<string, Asked>({ max: MOST_ANSWERS });
  readonly #lanes = new KeyedQueue();
  #turn = 0;

  constructor(private readonly options: IntrospectionOptions) {}

  /** @throws Refusal UNAVAILABLE when the issuer does not answer in time */
  async isActive(token: string, { claims }: VerifiedToken): Promise<boolean> {
    const { answer } = this.#known(claims.tokenId) ?? this.#ask(token, claims.tokenId);
    try {
      return await answer;
    } catch (error) {
      throw unavailable(error);
    }
  }

  /** An answer is as old as its question. */
  #known(tokenId: string): Asked | undefined {
    const asked = this.#asked.get(tokenId);
    return asked?.freshness.isFresh() ? asked : undefined;
  }

  #ask(token: string, tokenId: string): Asked {
    const freshness = new Freshness(this.options.maxStaleness);
    freshness.prove(processMoment());
    this.#turn = (this.#turn + 1) % LANES;
    const patience = AbortSignal.timeout(PATIENCE);
    const answer = this.#lanes.run([String(this.#turn)], () => this.#request(token), patience);
    const asked = { freshness, answer };
    this.#asked.set(tokenId, asked);
    // A failure is nothing to be relied on.
    answer.catch(() => this.#asked.delete(tokenId));
    return asked;
  }

  async #request(token: string): Promise<boolean> {
    const { url, authorization } = this.options;
    const body = new URLSearchParams({ token, token_type_hint: 'access_token' });
    const answer = await requestJson(url, { method: 'POST', headers: { authorization }, body });
    return typeof answer === 'object' && answer !== null && 'active' in answer && answer.active === true;
  }
}

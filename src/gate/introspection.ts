import { unavailable } from '../errors/refusal.ts';
import { Freshness, processMoment } from '../revocation/freshness.ts';
import type { VerifiedToken } from '../tokens/verified-tokens.ts';
import { requestJson } from './issuer-request.ts';

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
  /** By the token as it was verified, so that nothing is kept longer than that. */
  readonly #asked = new WeakMap<VerifiedToken, Asked>();

  constructor(private readonly options: IntrospectionOptions) {}

  /** @throws Refusal UNAVAILABLE when the issuer does not answer in time */
  async isActive(token: string, verified: VerifiedToken): Promise<boolean> {
    const { answer } = this.#known(verified) ?? this.#ask(token, verified);
    try {
      return await answer;
    } catch (error) {
      throw unavailable(error);
    }
  }

  /** An answer is as old as its question. */
  #known(verified: VerifiedToken): Asked | undefined {
    const asked = this.#asked.get(verified);
    return asked?.freshness.isFresh() ? asked : undefined;
  }

  #ask(token: string, verified: VerifiedToken): Asked {
    const freshness = new Freshness(this.options.maxStaleness);
    freshness.prove(processMoment());
    const asked = { freshness, answer: this.#request(token) };
    this.#asked.set(verified, asked);
    // A failure is nothing to be relied on.
    asked.answer.catch(() => this.#asked.delete(verified));
    return asked;
  }

  async #request(token: string): Promise<boolean> {
    const { url, authorization } = this.options;
    const body = new URLSearchParams({ token, token_type_hint: 'access_token' });
    const answer = await requestJson(url, { method: 'POST', headers: { authorization }, body });
    return typeof answer === 'object' && answer !== null && 'active' in answer && answer.active === true;
  }
}

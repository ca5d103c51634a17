import type { GraphQLResolveInfo, ResponsePath } from 'graphql';
import type { Caller } from '../guard/caller.ts';

interface Decision {
  readonly pending: Promise<Caller>;
  settled?: Caller;
}

/**
 * Who calls, decided once for a whole query, and anew for every root field of a mutation: the root fields before it may
 * have ended the session (SECURITY E6). An event of a subscription is always judged anew.
 */
export class Decisions {
  readonly #decisions = new Map<string, Decision>();

  constructor(private readonly authenticate: () => Promise<Caller>) {}

  /** @throws Refusal as the guard denies */
  caller(info: GraphQLResolveInfo): Promise<Caller> {
    return this.#decision(info).pending;
  }

  /** The caller, once the decision has been made in their favour; a protected field reads it without waiting. */
  settled(info: GraphQLResolveInfo): Caller | undefined {
    return this.#decisions.get(scopeOf(info))?.settled;
  }

  #decision(info: GraphQLResolveInfo): Decision {
    const scope = scopeOf(info);
    const known = this.#decisions.get(scope);
    if (known !== undefined && info.operation.operation !== 'subscription') return known;
    const decision: Decision = {
      pending: this.authenticate().then((caller) => {
        decision.settled = caller;
        return caller;
      }),
    };
    this.#decisions.set(scope, decision);
    return decision;
  }
}

function scopeOf(info: GraphQLResolveInfo): string {
  return info.operation.operation === 'query' ? '' : String(rootOf(info.path).key);
}

function rootOf(path: ResponsePath): ResponsePath {
  return path.prev === undefined ? path : rootOf(path.prev);
}

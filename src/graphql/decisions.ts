import { type GraphQLResolveInfo, OperationTypeNode, type ResponsePath } from 'graphql';
import type { Caller } from '../guard/caller.ts';
import { authenticateBearer, type GuardServices } from '../guard/guard.ts';
import { authorize, type Requirement } from '../guard/requirement.ts';

interface Decision {
  readonly pending: Promise<Caller>;
  settled?: Caller;
}

/**
 * Who calls, decided once for a whole query, and anew for every root field of a mutation: the root fields before it may
 * have ended the session (SECURITY E6). Every event of a subscription is judged anew.
 */
export class Decisions {
  readonly #decisions = new WeakMap<object, Decision>();

  /** @param authorization the raw header */
  constructor(
    private readonly guard: GuardServices,
    private readonly authorization: string | undefined,
  ) {}

  /**
   * In a list of many guarded rows the decision stands already: no promise for each of them.
   *
   * @returns undefined when the caller may at once
   * @throws Refusal as the guard denies
   */
  authorize(info: GraphQLResolveInfo, requirement: Requirement): Promise<void> | undefined {
    const { settled, pending } = this.#decision(info);
    if (settled === undefined) return pending.then((caller) => this.#judge(caller, requirement));
    this.#judge(settled, requirement);
    return undefined;
  }

  /** The caller, once the decision has been made in their favour: in the resolver of a guarded field, and below it. */
  caller(info: GraphQLResolveInfo): Caller | undefined {
    return this.#decisions.get(scopeOf(info))?.settled;
  }

  #judge(caller: Caller, requirement: Requirement): void {
    authorize(caller, requirement, this.guard.clock.now());
  }

  #decision(info: GraphQLResolveInfo): Decision {
    const scope = scopeOf(info);
    const known = this.#decisions.get(scope);
    if (known !== undefined) return known;
    const decision: Decision = {
      pending: authenticateBearer(this.guard, this.authorization).then((caller) => {
        decision.settled = caller;
        return caller;
      }),
    };
    this.#decisions.set(scope, decision);
    return decision;
  }
}

/**
 * What one decision covers. The path of a root field is an object of its own in each execution, and every event of a
 * subscription is executed by itself.
 */
function scopeOf({ operation, path }: GraphQLResolveInfo): object {
  return operation.operation === OperationTypeNode.QUERY ? operation : rootOf(path);
}

function rootOf(path: ResponsePath): ResponsePath {
  return path.prev === undefined ? path : rootOf(path.prev);
}

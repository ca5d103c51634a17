import { type GraphQLResolveInfo, OperationTypeNode, type ResponsePath } from 'graphql';
import { Refusal } from '../errors/refusal.ts';
import { type Caller, isConfirmed } from '../guard/caller.ts';
import type { GuardServices } from '../guard/guard.ts';
import { authorize, type Judged, type Requirement } from '../guard/requirement.ts';
import { Decision } from './decision.ts';

/**
 * Who calls, decided once for a whole query, and anew for every root field of a mutation: the root fields before it may
 * have ended the session (SECURITY E6). Every event of a subscription is judged anew.
 */
export class Decisions {
  #ofQuery: { readonly operation: object; readonly decision: Decision } | undefined;
  /** By root field; weak, since a subscription goes on from event to event. Most requests need none. */
  #ofFields: WeakMap<object, Decision> | undefined;
  /** The query in which a field that asks for no more than a signed-in caller was let through: so are all others. */
  #plainlyPassed: object | undefined;

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
    if (info.operation === this.#plainlyPassed && requirement.isPlain) return undefined;
    const decision = this.#decision(info);
    // Only what reads, and asks for no more than a signed-in caller, may rest on what this instance knows itself.
    const mayAdmit = isQuery(info) && requirement.isPlain;
    const settled = mayAdmit || isConfirmed(decision.admitted) ? decision.admitted : undefined;
    if (settled === undefined) {
      const pending = mayAdmit ? decision.admit() : decision.prove();
      return pending.then((caller) => this.#judge(caller, requirement));
    }
    this.#judge(settled, requirement);
    if (mayAdmit) this.#plainlyPassed = info.operation;
    return undefined;
  }

  /**
   * Whom the decision let in: in the resolver of a guarded field, and below it.
   *
   * @throws Error when the field is not guarded
   */
  admitted(info: GraphQLResolveInfo): Judged {
    const admitted = this.#known(info)?.admitted;
    // A mistake of the schema's author; it must not pass as an anonymous call.
    if (admitted === undefined)
      throw new Error(`${info.parentType.name}.${info.fieldName} reads its caller but is not guarded.`);
    return admitted;
  }

  /** The same, confirmed by the database. */
  caller(info: GraphQLResolveInfo): Caller | Promise<Caller> {
    const admitted = this.admitted(info);
    return isConfirmed(admitted) ? admitted : this.#decision(info).prove();
  }

  #judge(caller: Judged, requirement: Requirement): void {
    try {
      authorize(caller, requirement, this.guard.clock.now());
    } catch (error) {
      if (error instanceof Refusal) this.guard.listener.denied(error.code);
      throw error;
    }
  }

  #known(info: GraphQLResolveInfo): Decision | undefined {
    if (!isQuery(info)) return this.#ofFields?.get(rootOf(info.path));
    return this.#ofQuery?.operation === info.operation ? this.#ofQuery.decision : undefined;
  }

  #decision(info: GraphQLResolveInfo): Decision {
    return this.#known(info) ?? this.#begin(info);
  }

  /**
   * What it covers is the query, or a root field: its path is an object of its own in each execution, and every event of
   * a subscription is executed by itself.
   */
  #begin(info: GraphQLResolveInfo): Decision {
    const decision = new Decision(this.guard, this.authorization);
    if (isQuery(info)) this.#ofQuery = { operation: info.operation, decision };
    else {
      this.#ofFields ??= new WeakMap();
      this.#ofFields.set(rootOf(info.path), decision);
    }
    return decision;
  }
}

function isQuery({ operation }: GraphQLResolveInfo): boolean {
  return operation.operation === OperationTypeNode.QUERY;
}

function rootOf(path: ResponsePath): ResponsePath {
  return path.prev === undefined ? path : rootOf(path.prev);
}

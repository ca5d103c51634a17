import {
  type GraphQLResolveInfo,
  type OperationDefinitionNode,
  OperationTypeNode,
  type ResponsePath,
} from 'graphql';
import { Refusal } from '../errors/refusal.ts';
import { type Caller, isConfirmed } from '../guard/caller.ts';
import type { GuardServices } from '../guard/guard.ts';
import { authorize, type Judged, type Requirement } from '../guard/requirement.ts';
import { type AuthenticatedCaller, authenticatedCaller } from './authenticated-caller.ts';
import { Decision } from './decision.ts';

/**
 * Who calls, decided once for a whole query, and anew for every root field of a mutation: the root fields before it may
 * have ended the session (SECURITY E6). Every event of a subscription is judged anew.
 *
 * To resolvers it is the caller whom the latest of them has let in; where none has, to read it is an error.
 */
export class Decisions implements AuthenticatedCaller {
  #ofQuery: { readonly operation: object; readonly decision: Decision } | undefined;
  /** By root field; weak, since a subscription goes on from event to event. Most requests need none. */
  #ofFields: WeakMap<object, Decision> | undefined;
  #ofLatestField: Decision | undefined;
  /**
   * The query in which a field that asks for no more than a signed-in caller was let through: so are all others. In a list
   * of many guarded rows this is all that is looked at for each of them.
   */
  plainlyPassed: object | undefined;

  /** @param authorization the raw header */
  constructor(
    private readonly guard: GuardServices,
    private readonly authorization: string | undefined,
  ) {}

  get user() {
    return this.#latestCaller().user;
  }

  get session() {
    return this.#latestCaller().session;
  }

  get roles() {
    return this.#latestCaller().roles;
  }

  get claims() {
    return this.#latestCaller().claims;
  }

  /**
   * Finds out who calls before a query begins of which a field is certain to ask: none of its fields has to wait then, and
   * a query that waits for nothing is executed in one go, without promises. What is refused is for those fields to report.
   *
   * @returns undefined when it is known at once
   */
  decide(operation: OperationDefinitionNode): Promise<unknown> | undefined {
    const decision = new Decision(this.guard, this.authorization);
    this.#ofQuery = { operation, decision };
    const admitted = decision.admit();
    return admitted instanceof Promise ? admitted.catch(() => undefined) : undefined;
  }

  /**
   * @returns undefined when the caller may at once
   * @throws Refusal as the guard denies
   */
  authorize(info: GraphQLResolveInfo, requirement: Requirement): Promise<void> | undefined {
    const decision = this.#decision(info);
    // Only what reads, and asks for no more than a signed-in caller, may rest on what this instance knows itself.
    const mayAdmit = isQuery(info) && requirement.isPlain;
    const caller = mayAdmit ? decision.admit() : decision.prove();
    if (caller instanceof Promise) return caller.then((each) => this.#judge(each, requirement));
    this.#judge(caller, requirement);
    if (mayAdmit) this.plainlyPassed = info.operation;
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

  #latestCaller(): AuthenticatedCaller {
    const { admitted } = this.#ofLatestField ?? this.#ofQuery?.decision ?? {};
    if (admitted === undefined) throw new Error('A caller is known only where @auth guards a field.');
    return authenticatedCaller(admitted);
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
      this.#ofLatestField = decision;
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

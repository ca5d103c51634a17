import type { GraphQLResolveInfo } from 'graphql';
import { createParameterDecorator, type ResolverData } from 'type-graphql';
import { ROLES, type Role } from '../accounts/user.ts';
import { type Caller, isConfirmed } from '../guard/caller.ts';
import type { AccessTokenClaims } from '../tokens/access-token-claims.ts';
import type { GraphQLContext } from './context.ts';
import { callerOf } from './current-caller.ts';
import { type UserType, userType } from './types/user.ts';

/** A user of whom a part may still have to be read. */
export type CurrentUserType = {
  readonly [Field in keyof UserType]: UserType[Field] | Promise<UserType[Field]>;
};

/**
 * Parameter of the resolver of an `@auth` field: the caller as the API shows them. Where their token was enough to let
 * them in (FRESHNESS=bounded), the database is asked only when a field needs it.
 */
export function CurrentUser() {
  return createParameterDecorator<GraphQLContext>(({ context, info }: ResolverData<GraphQLContext>) =>
    currentUser(context, info),
  );
}

function currentUser(context: GraphQLContext, info: GraphQLResolveInfo): CurrentUserType {
  const admitted = context.auth.admitted(info);
  if (isConfirmed(admitted)) return userType(admitted.user);
  return new ClaimedUser(admitted.claims, () => callerOf(context, info));
}

/**
 * A user as their token tells of them. A class, since an object with getters of its own would be a class of its own to
 * the engine, which then keeps what the getters hold until it next looks through all of its memory.
 */
class ClaimedUser implements CurrentUserType {
  readonly id: string;
  readonly roles: readonly Role[];

  constructor(
    claims: AccessTokenClaims,
    private readonly caller: () => Caller | Promise<Caller>,
  ) {
    this.id = claims.subject;
    this.roles = ROLES.filter((role) => claims.roles.includes(role));
  }

  get email() {
    return this.#read('email');
  }

  get displayName() {
    return this.#read('displayName');
  }

  get status() {
    return this.#read('status');
  }

  get createdAt() {
    return this.#read('createdAt');
  }

  async #read<Field extends keyof UserType>(field: Field): Promise<UserType[Field]> {
    return userType((await this.caller()).user)[field];
  }
}

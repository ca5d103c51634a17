import type { GraphQLResolveInfo } from 'graphql';
import { createParameterDecorator, type ResolverData } from 'type-graphql';
import { ROLES } from '../accounts/user.ts';
import { isConfirmed } from '../guard/caller.ts';
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
  const admitted = context.decisions.admitted(info);
  if (isConfirmed(admitted)) return userType(admitted.user);
  const read = async <Field extends keyof UserType>(field: Field) =>
    userType((await callerOf(context, info)).user)[field];
  return {
    id: admitted.claims.subject,
    roles: ROLES.filter((role) => admitted.claims.roles.includes(role)),
    get email() {
      return read('email');
    },
    get displayName() {
      return read('displayName');
    },
    get status() {
      return read('status');
    },
    get createdAt() {
      return read('createdAt');
    },
  };
}

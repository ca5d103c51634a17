import { Arg, Ctx, Directive, Mutation, Resolver } from 'type-graphql';
import type { Caller } from '../../guard/caller.ts';
import { changePassword } from '../../lifecycle/change-password.ts';
import type { Prover } from '../../sessions/prove-caller.ts';
import { reauthenticate } from '../../sessions/reauthenticate.ts';
import type { GraphQLContext } from '../context.ts';
import { CurrentCaller, originOf } from '../current-caller.ts';
import { ChangePasswordInput } from '../types/inputs.ts';
import { AuthPayload, authPayload } from '../types/payloads.ts';

/** What a signed-in user proves and changes about their own account. */
@Resolver()
export class AccountResolver {
  @Directive('@auth')
  @Mutation(() => AuthPayload, {
    description: 'Proves the password again: same session, nothing rotated, no refresh token in the answer.',
  })
  async reauthenticate(
    @Arg('password', () => String) password: string,
    @CurrentCaller() caller: Caller,
    @Ctx() context: GraphQLContext,
  ): Promise<AuthPayload> {
    return authPayload(await reauthenticate(context.services.sessions, proverOf(caller, context), password));
  }

  @Directive('@auth')
  @Mutation(() => AuthPayload, {
    description: 'Ends every other session; this one goes on with the token returned.',
  })
  async changePassword(
    @Arg('input', () => ChangePasswordInput) input: ChangePasswordInput,
    @CurrentCaller() caller: Caller,
    @Ctx() context: GraphQLContext,
  ): Promise<AuthPayload> {
    return authPayload(await changePassword(context.services.sessions, proverOf(caller, context), input));
  }
}

function proverOf(caller: Caller, context: GraphQLContext): Prover {
  return {
    userId: caller.user.id,
    email: caller.user.email ?? '',
    displayName: caller.user.displayName,
    sessionId: caller.session.id,
    origin: originOf(context),
    arrivedAt: context.facts.arrivedAt,
  };
}

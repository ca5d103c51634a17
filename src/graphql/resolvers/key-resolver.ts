import { Arg, Ctx, Directive, Mutation, Query, Resolver } from 'type-graphql';
import type { Caller } from '../../guard/caller.ts';
import { statesAt } from '../../keys/key-state.ts';
import { replaceSigningKeys, rotateSigningKey } from '../../keys/rotate-signing-key.ts';
import { actorOf } from '../../sessions/revoke-sessions.ts';
import type { GraphQLContext } from '../context.ts';
import { CurrentCaller, revokerOf } from '../current-caller.ts';
import { SigningKeyType, signingKeyType } from '../types/signing-key.ts';

/** The keys that sign access tokens. */
@Resolver()
export class KeyResolver {
  @Directive('@auth(requires: ADMIN)')
  @Query(() => [SigningKeyType], {
    description: 'Those that sign, will sign, or have signed what has not expired yet; newest first.',
  })
  async signingKeys(@Ctx() { services }: GraphQLContext): Promise<SigningKeyType[]> {
    const { keys } = await services.keyRotation.store.load();
    return statesAt(keys, services.guard.clock.now()).map(signingKeyType);
  }

  @Directive('@auth(requires: ADMIN, maxAge: 900)')
  @Mutation(() => SigningKeyType, {
    description:
      'Publishes a new key, which signs two minutes later. With `revokePrevious` it signs at once, and every access token issued before is refused.',
  })
  async rotateSigningKey(
    @Arg('revokePrevious', () => Boolean, { defaultValue: false }) revokePrevious: boolean,
    @CurrentCaller() caller: Caller,
    @Ctx() context: GraphQLContext,
  ): Promise<SigningKeyType> {
    const { keyRotation, signingKeys } = context.services;
    const rotate = revokePrevious ? replaceSigningKeys : rotateSigningKey;
    const rotated = await rotate(keyRotation, actorOf(revokerOf(caller, context)));
    // Before the acknowledgement: this instance is exact from then on, in every mode.
    await signingKeys.renew();
    return signingKeyType(rotated);
  }
}

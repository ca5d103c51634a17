import { Arg, Ctx, Directive, Mutation, Resolver } from 'type-graphql';
import { parseLabel } from '../../accounts/label.ts';
import { confirmedSessionId, verifiedSessionId } from '../../guard/guard.ts';
import type { SessionRequest } from '../../sessions/begin-session.ts';
import type { Grant } from '../../sessions/grant.ts';
import { logIn } from '../../sessions/log-in.ts';
import { logOut } from '../../sessions/log-out.ts';
import { refresh } from '../../sessions/refresh.ts';
import { register } from '../../sessions/register.ts';
import type { GraphQLContext } from '../context.ts';
import { originOf } from '../current-caller.ts';
import { checkTransport, presentation, replacedToken } from '../transport.ts';
import { LoginInput, LogoutInput, RefreshInput, RegisterInput } from '../types/inputs.ts';
import { AuthPayload, authPayload, LogoutPayload } from '../types/payloads.ts';

/** The operations that are open to everyone: they prove who calls by a password or a refresh token. */
@Resolver()
export class AuthResolver {
  @Directive('@public')
  @Mutation(() => AuthPayload, { description: 'Creates an account and signs it in.' })
  async register(
    @Arg('input', () => RegisterInput) input: RegisterInput,
    @Ctx() context: GraphQLContext,
  ): Promise<AuthPayload> {
    const request = sessionRequest(input, context);
    const grant = await register(context.services.sessions, {
      ...request,
      email: input.email,
      password: input.password,
      displayName: input.displayName ?? null,
      replacedToken: replacedToken(context.facts),
      arrivedAt: context.facts.arrivedAt,
    });
    return granted(grant, context);
  }

  @Directive('@public')
  @Mutation(() => AuthPayload, { description: 'Opens a new session; one that the cookie held before ends.' })
  async login(
    @Arg('input', () => LoginInput) input: LoginInput,
    @Ctx() context: GraphQLContext,
  ): Promise<AuthPayload> {
    const request = sessionRequest(input, context);
    const grant = await logIn(context.services.sessions, {
      ...request,
      email: input.email,
      password: input.password,
      replacedToken: replacedToken(context.facts),
      arrivedAt: context.facts.arrivedAt,
    });
    return granted(grant, context);
  }

  @Directive('@public')
  @Mutation(() => AuthPayload, {
    description: 'Exchanges the refresh token for a new access token and the refresh token to present next.',
  })
  async refresh(
    @Arg('input', () => RefreshInput, { nullable: true }) input: RefreshInput | null,
    @Ctx() context: GraphQLContext,
  ): Promise<AuthPayload> {
    const { services, facts } = context;
    const presented = presentation(facts, input?.refreshToken);
    const grant = await refresh(services.sessions, {
      refreshToken: presented.token,
      transport: presented.transport,
      bearerSessionId: await verifiedSessionId(services.guard, facts.authorization),
      origin: originOf(context),
      arrivedAt: facts.arrivedAt,
    });
    return granted(grant, context);
  }

  @Directive('@public')
  @Mutation(() => LogoutPayload, {
    description: 'Ends the session of the refresh token, or else of the access token.',
  })
  async logout(
    @Arg('input', () => LogoutInput, { nullable: true }) input: LogoutInput | null,
    @Ctx() context: GraphQLContext,
  ): Promise<LogoutPayload> {
    const { services, facts } = context;
    const presented = presentation(facts, input?.refreshToken);
    const ended = await logOut(services.sessions, {
      refreshToken: presented.token,
      bearerSessionId:
        presented.token === undefined
          ? await confirmedSessionId(services.guard, facts.authorization)
          : undefined,
      origin: originOf(context),
    });
    // Cleared for rubbish too, but only here: a logout that could not be confirmed has thrown, and keeps its cookie.
    if (presented.transport === 'COOKIE') facts.cookie.clear();
    return { ended };
  }
}

/** @throws Refusal BAD_USER_INPUT, FORBIDDEN, before anything is hashed */
function sessionRequest(input: LoginInput, context: GraphQLContext): SessionRequest {
  checkTransport(context.facts, input.transport);
  return {
    transport: input.transport,
    rememberMe: input.rememberMe,
    deviceName: parseLabel('deviceName', input.deviceName ?? null),
    origin: originOf(context),
  };
}

function granted(grant: Grant, context: GraphQLContext): AuthPayload {
  const { session } = grant;
  if (session.transport === 'COOKIE') {
    context.facts.cookie.set(grant.refreshToken, session.rememberMe ? grant.idleExpiresIn : undefined);
  }
  return authPayload(grant);
}

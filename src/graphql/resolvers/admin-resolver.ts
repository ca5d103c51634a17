import { Arg, Ctx, Directive, ID, Int, Mutation, Query, Resolver } from 'type-graphql';
import { normalizeEmail } from '../../accounts/email.ts';
import type { Role } from '../../accounts/user.ts';
import type { Caller } from '../../guard/caller.ts';
import { deleteUser } from '../../lifecycle/delete-user.ts';
import { setUserRoles } from '../../lifecycle/set-user-roles.ts';
import { setUserStatus } from '../../lifecycle/set-user-status.ts';
import { type PositionShape, parsePageRequest } from '../../paging/page.ts';
import { revokeByFilter } from '../../sessions/revoke-by-filter.ts';
import { actorOf } from '../../sessions/revoke-sessions.ts';
import { checkListFilter } from '../../sessions/search-sessions.ts';
import { asOf } from '../../sessions/session.ts';
import { isUuid } from '../../tokens/uuid.ts';
import type { GraphQLContext } from '../context.ts';
import { CurrentCaller, revokerOf } from '../current-caller.ts';
import { parseId } from '../parse-id.ts';
import { auditEventObject } from '../types/audit-event.ts';
import { connection } from '../types/connection.ts';
import { AuditEventConnection, SessionConnection, UserConnection } from '../types/connections.ts';
import { RoleEnum, UserStatusEnum, type VisibleUserStatus } from '../types/enums.ts';
import {
  AuditEventFilterInput,
  auditEventFilter,
  SessionFilterInput,
  sessionFilter,
} from '../types/filters.ts';
import { RevokePayload } from '../types/payloads.ts';
import { sessionType } from '../types/session.ts';
import { UserType, userType } from '../types/user.ts';

const PAGE = 50;

/** Positions in lists that are ordered by time and id, and in the one by e-mail. */
const BY_TIME: PositionShape = [Number.isSafeInteger, isUuid];
const BY_EMAIL: PositionShape = [(value) => typeof value === 'string'];

/** What admins see and do about the accounts and sessions of others. */
@Resolver()
export class AdminResolver {
  @Directive('@auth(requires: ADMIN)')
  @Query(() => UserType, { nullable: true, description: 'Null: there is none, or it was deleted.' })
  async user(@Arg('id', () => ID) id: string, @Ctx() { services }: GraphQLContext): Promise<UserType | null> {
    const known = id.toLowerCase();
    const user = isUuid(known) ? await services.users.findById(known) : undefined;
    return user === undefined || user.status === 'DELETED' ? null : userType(user);
  }

  @Directive('@auth(requires: ADMIN)')
  @Query(() => UserConnection, { description: 'By e-mail; `search` is a prefix of it.' })
  async users(
    @Arg('search', () => String, { nullable: true }) search: string | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: PAGE }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Ctx() { services }: GraphQLContext,
  ) {
    const page = parsePageRequest(first ?? PAGE, after ?? undefined, BY_EMAIL);
    return connection(await services.users.list(normalizeEmail(search ?? ''), page), userType);
  }

  @Directive('@auth(requires: ADMIN)')
  @Query(() => SessionConnection, { description: 'Newest first.' })
  async sessions(
    @Arg('filter', () => SessionFilterInput, { nullable: true }) filter: SessionFilterInput | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: PAGE }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @CurrentCaller() caller: Caller,
    @Ctx() { services }: GraphQLContext,
  ) {
    const wanted = sessionFilter(filter);
    checkListFilter(wanted);
    const page = parsePageRequest(first ?? PAGE, after ?? undefined, BY_TIME);
    const now = services.guard.clock.now();
    const found = await services.directory.search(wanted, now, page);
    const users = await services.users.findByIds(found.items.map(({ item }) => item.userId));
    return connection(found, (session) => {
      const user = users.get(session.userId);
      if (user === undefined) throw new Error(`session ${session.id} has no user`);
      return sessionType(asOf(session, user.status, now), user, caller.session.id);
    });
  }

  @Directive('@auth(requires: ADMIN)')
  @Query(() => AuditEventConnection, { description: 'The security log, newest first.' })
  async auditEvents(
    @Arg('filter', () => AuditEventFilterInput, { nullable: true }) filter: AuditEventFilterInput | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: PAGE }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Ctx() { services }: GraphQLContext,
  ) {
    const page = parsePageRequest(first ?? PAGE, after ?? undefined, BY_TIME);
    return connection(await services.auditLog.list(auditEventFilter(filter), page), auditEventObject);
  }

  @Directive('@auth(requires: ADMIN, maxAge: 900)')
  @Mutation(() => RevokePayload, {
    description: 'Ends every live session that the filter names; a dry run counts them.',
  })
  async revokeSessions(
    @Arg('filter', () => SessionFilterInput) filter: SessionFilterInput,
    @Arg('dryRun', () => Boolean, { defaultValue: true }) dryRun: boolean,
    @CurrentCaller() caller: Caller,
    @Ctx() context: GraphQLContext,
  ): Promise<RevokePayload> {
    const { sessions, directory } = context.services;
    const actor = actorOf(revokerOf(caller, context));
    const services = { ...sessions, directory };
    return { revokedCount: await revokeByFilter(services, sessionFilter(filter), dryRun, actor) };
  }

  @Directive('@auth(requires: ADMIN)')
  @Mutation(() => UserType, { description: 'A suspension ends all sessions; a reactivation revives none.' })
  async setUserStatus(
    @Arg('userId', () => ID) userId: string,
    @Arg('status', () => UserStatusEnum) status: VisibleUserStatus,
    @Arg('reason', () => String, { nullable: true }) reason: string | null,
    @CurrentCaller() caller: Caller,
    @Ctx() context: GraphQLContext,
  ): Promise<UserType> {
    const change = { userId: parseId('user', userId), status, reason };
    return userType(
      await setUserStatus(context.services.lifecycle, change, actorOf(revokerOf(caller, context))),
    );
  }

  @Directive('@auth(requires: ADMIN, maxAge: 900)')
  @Mutation(() => UserType, { description: 'Sessions live on; access tokens go STALE and are refreshed.' })
  async setUserRoles(
    @Arg('userId', () => ID) userId: string,
    @Arg('roles', () => [RoleEnum]) roles: Role[],
    @CurrentCaller() caller: Caller,
    @Ctx() context: GraphQLContext,
  ): Promise<UserType> {
    const actor = actorOf(revokerOf(caller, context));
    return userType(await setUserRoles(context.services.lifecycle, parseId('user', userId), roles, actor));
  }

  @Directive('@auth(requires: ADMIN, maxAge: 900)')
  @Mutation(() => RevokePayload, { description: 'A tombstone stays; the e-mail is free again.' })
  async deleteUser(
    @Arg('userId', () => ID) userId: string,
    @CurrentCaller() caller: Caller,
    @Ctx() context: GraphQLContext,
  ): Promise<RevokePayload> {
    const actor = actorOf(revokerOf(caller, context));
    return { revokedCount: await deleteUser(context.services.lifecycle, parseId('user', userId), actor) };
  }
}

import { GraphQLDateTime } from 'graphql-scalars';
import { Field, ID, InputType } from 'type-graphql';
import type { AuditEventType } from '../../audit/event.ts';
import type { AuditEventFilter } from '../../audit/list-events.ts';
import { badUserInput } from '../../errors/refusal.ts';
import type { SessionFilter } from '../../sessions/search-sessions.ts';
import { isUuid } from '../../tokens/uuid.ts';
import { AuditEventTypeEnum } from './enums.ts';

@InputType('SessionFilter', { description: 'Conditions that all hold.' })
export class SessionFilterInput {
  @Field(() => ID, { nullable: true })
  readonly userId?: string | null;

  @Field(() => String, { nullable: true })
  readonly ipAddress?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Narrows another filter; alone in `revokeSessions` only.',
  })
  readonly userAgentContains?: string | null;

  @Field(() => GraphQLDateTime, { nullable: true })
  readonly createdBefore?: Date | null;

  @Field(() => GraphQLDateTime, { nullable: true })
  readonly lastSeenBefore?: Date | null;

  @Field(() => Boolean, { nullable: true, defaultValue: false })
  readonly includeEnded?: boolean | null;
}

@InputType('AuditEventFilter', { description: 'Conditions that all hold.' })
export class AuditEventFilterInput {
  @Field(() => ID, { nullable: true })
  readonly userId?: string | null;

  @Field(() => ID, { nullable: true })
  readonly sessionId?: string | null;

  @Field(() => [AuditEventTypeEnum], { nullable: true })
  readonly types?: readonly AuditEventType[] | null;

  @Field(() => GraphQLDateTime, { nullable: true })
  readonly since?: Date | null;
}

/** @throws Refusal BAD_USER_INPUT */
export function sessionFilter(input: SessionFilterInput | null | undefined): SessionFilter {
  return {
    userId: idOf('userId', input?.userId),
    ipAddress: input?.ipAddress ?? undefined,
    userAgentContains: input?.userAgentContains ?? undefined,
    createdBefore: input?.createdBefore?.getTime(),
    lastSeenBefore: input?.lastSeenBefore?.getTime(),
    includeEnded: input?.includeEnded ?? false,
  };
}

/** @throws Refusal BAD_USER_INPUT */
export function auditEventFilter(input: AuditEventFilterInput | null | undefined): AuditEventFilter {
  return {
    userId: idOf('userId', input?.userId),
    sessionId: idOf('sessionId', input?.sessionId),
    types: input?.types ?? undefined,
    since: input?.since?.getTime(),
  };
}

function idOf(field: string, text: string | null | undefined): string | undefined {
  const id = text?.toLowerCase();
  if (id !== undefined && !isUuid(id)) throw badUserInput(field, 'MALFORMED', `${field} is not an id.`);
  return id;
}

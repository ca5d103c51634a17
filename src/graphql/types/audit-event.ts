import { GraphQLDateTime } from 'graphql-scalars';
import { Field, ID, ObjectType } from 'type-graphql';
import type { AuditEventType } from '../../audit/event.ts';
import type { RecordedEvent } from '../../audit/list-events.ts';
import { AuditEventTypeEnum } from './enums.ts';

@ObjectType('AuditEvent', { description: 'One line of the security log.' })
export class AuditEventObject {
  @Field(() => ID)
  readonly id!: string;

  @Field(() => GraphQLDateTime)
  readonly at!: Date;

  @Field(() => AuditEventTypeEnum)
  readonly type!: AuditEventType;

  @Field(() => ID, { nullable: true, description: 'Who acted; null: the operator, or nobody knows who.' })
  readonly actorId!: string | null;

  @Field(() => ID, { nullable: true, description: 'Whom it concerns.' })
  readonly userId!: string | null;

  @Field(() => ID, { nullable: true })
  readonly sessionId!: string | null;

  @Field(() => String, { nullable: true })
  readonly ipAddress!: string | null;

  @Field(() => String, { nullable: true })
  readonly userAgent!: string | null;

  @Field(() => String, { nullable: true, description: 'Reason or outcome.' })
  readonly detail!: string | null;
}

export function auditEventObject(event: RecordedEvent): AuditEventObject {
  return { ...event, at: new Date(event.at) };
}

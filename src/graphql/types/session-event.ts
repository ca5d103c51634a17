import { GraphQLDateTime } from 'graphql-scalars';
import { Field, ObjectType } from 'type-graphql';
import type { Caller } from '../../guard/caller.ts';
import type { SessionEvent, SessionEventActor, SessionEventKind } from '../../sessions/session-event.ts';
import { SessionEventActorEnum, SessionEventKindEnum } from './enums.ts';
import { SessionType, sessionType } from './session.ts';

@ObjectType('SessionEvent', { description: 'What happened to a session of the caller.' })
export class SessionEventType {
  @Field(() => SessionEventKindEnum)
  readonly kind!: SessionEventKind;

  @Field(() => SessionType)
  readonly session!: SessionType;

  @Field(() => SessionEventActorEnum, { nullable: true, description: 'Who ended it; null unless ENDED.' })
  readonly actor!: SessionEventActor | null;

  @Field(() => GraphQLDateTime)
  readonly at!: Date;
}

/** @param caller whose session it is */
export function sessionEventType(
  { kind, session, actor, at }: SessionEvent,
  caller: Caller,
): SessionEventType {
  return { kind, session: sessionType(session, caller.user, caller.session.id), actor, at: new Date(at) };
}

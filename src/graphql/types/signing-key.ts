import { GraphQLDateTime } from 'graphql-scalars';
import { Field, ID, ObjectType } from 'type-graphql';
import type { SigningKeyState } from '../../keys/key-state.ts';
import type { RotatedKey } from '../../keys/rotate-signing-key.ts';
import { SigningKeyStateEnum } from './enums.ts';

@ObjectType('SigningKey', { description: 'A key that signs access tokens.' })
export class SigningKeyType {
  @Field(() => ID, { description: 'The `kid` in the header of its tokens.' })
  readonly id!: string;

  @Field(() => String)
  readonly algorithm!: string;

  @Field(() => GraphQLDateTime)
  readonly createdAt!: Date;

  @Field(() => GraphQLDateTime, { description: 'From when on it signs.' })
  readonly activeFrom!: Date;

  @Field(() => SigningKeyStateEnum)
  readonly state!: SigningKeyState;
}

export function signingKeyType({ key, state }: RotatedKey): SigningKeyType {
  const { kid, createdAt, activeFrom } = key;
  return {
    id: kid,
    algorithm: 'EdDSA',
    createdAt: new Date(createdAt),
    activeFrom: new Date(activeFrom),
    state,
  };
}

import { Field, InputType } from 'type-graphql';
import type { Transport } from '../../sessions/session.ts';
import { TransportEnum } from './enums.ts';

@InputType()
export class LoginInput {
  @Field(() => String)
  readonly email!: string;

  @Field(() => String)
  readonly password!: string;

  @Field(() => TransportEnum, { defaultValue: 'COOKIE' })
  readonly transport!: Transport;

  @Field(() => Boolean, {
    defaultValue: true,
    description: '`false`: the cookie ends with the browser session.',
  })
  readonly rememberMe!: boolean;

  @Field(() => String, { nullable: true, description: 'A name for this device in the list of sessions.' })
  readonly deviceName?: string | null;
}

@InputType()
export class RegisterInput extends LoginInput {
  @Field(() => String, { nullable: true })
  readonly displayName?: string | null;
}

@InputType()
export class RefreshInput {
  @Field(() => String, { nullable: true, description: 'Transport BODY; without it, the cookie.' })
  readonly refreshToken?: string | null;
}

@InputType()
export class LogoutInput extends RefreshInput {}

@InputType()
export class ChangePasswordInput {
  @Field(() => String)
  readonly currentPassword!: string;

  @Field(() => String)
  readonly newPassword!: string;
}

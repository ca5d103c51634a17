import type { AuthContext } from 'portcullis';
import { Arg, Ctx, Directive, Field, ID, Int, Mutation, ObjectType, Query, Resolver } from 'type-graphql';

@ObjectType()
export class Entry {
  @Field(() => Int)
  readonly number!: number;

  @Field(() => String)
  readonly text!: string;

  /** How its author signs; a claim of the access token. */
  @Field(() => String)
  readonly by!: string;

  /** Whom to ask when something has to go. */
  @Directive('@auth(requires: ADMIN)')
  @Field(() => ID)
  readonly authorId!: string;
}

/** Its fields stand beside `login`, `me` and the others of Portcullis, in one schema. */
@Resolver()
export class GuestBook {
  readonly entries: Entry[] = [];

  @Directive('@public')
  @Query(() => [Entry], { description: 'For everybody to read.' })
  guestBook(): readonly Entry[] {
    return this.entries;
  }

  @Directive('@auth')
  @Mutation(() => Entry, { description: 'For everybody who is signed in.' })
  sign(@Arg('text', () => String) text: string, @Ctx() { auth }: AuthContext): Entry {
    const entry = {
      number: this.entries.length + 1,
      text,
      by: String(auth.claims['signsAs']),
      authorId: auth.user.id,
    };
    this.entries.push(entry);
    return entry;
  }

  @Directive('@auth(requires: ADMIN, maxAge: 900)')
  @Mutation(() => Boolean, { description: 'For admins who have just proven their password.' })
  tearOut(@Arg('number', () => Int) number: number): boolean {
    const index = this.entries.findIndex((entry) => entry.number === number);
    if (index >= 0) this.entries.splice(index, 1);
    return index >= 0;
  }
}

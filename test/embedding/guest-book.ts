import 'reflect-metadata';
import { makeExecutableSchema } from '@graphql-tools/schema';
import type { GraphQLSchema } from 'graphql';
import { GraphQLDateTime } from 'graphql-scalars';
import {
  Arg,
  buildSchemaSync,
  Ctx,
  Directive,
  Field,
  FieldResolver,
  ID,
  Mutation,
  ObjectType,
  Query,
  Resolver,
  Root,
} from 'type-graphql';
import type { AuthContext } from '../../src/directive/auth-context.ts';
import { authTypeDefs } from '../../src/directive/auth-type-defs.ts';

/** What the resolvers find in their context beside the caller. */
export interface BookContext extends AuthContext {
  readonly tenant: string;
}

@ObjectType()
class Entry {
  @Field(() => String)
  readonly text!: string;

  @Field(() => ID)
  readonly author!: string;

  @Field(() => GraphQLDateTime)
  readonly at!: Date;

  @Directive('@auth(requires: ADMIN)')
  @Field(() => String)
  readonly address!: string;
}

@Resolver(() => Entry)
class GuestBook {
  readonly #entries: Entry[] = [];

  @Directive('@public')
  @Query(() => [Entry])
  entries(): readonly Entry[] {
    return this.#entries;
  }

  @Directive('@auth')
  @Query(() => String)
  whoami(@Ctx() { auth, tenant }: BookContext): string {
    return JSON.stringify({ ...callerIn({ auth }), tenant });
  }

  @Directive('@public')
  @Query(() => String)
  careless(@Ctx() { auth }: BookContext): string {
    return auth.user.id;
  }

  @Directive('@auth')
  @Mutation(() => Entry)
  sign(@Arg('text', () => String) text: string, @Ctx() { auth }: BookContext): Entry {
    const entry = { text, author: auth.user.id, at: new Date(0), address: '12 St James Square' };
    this.#entries.push(Object.assign(new Entry(), entry));
    return entry;
  }

  @Directive('@auth')
  @FieldResolver(() => Boolean)
  mine(@Root() { author }: Entry, @Ctx() { auth }: BookContext): boolean {
    return author === auth.user.id;
  }
}

function callerIn({ auth }: AuthContext) {
  const { user, session, roles, claims } = auth;
  return { user, session, roles, claims };
}

/** The guest book with decorators. */
export function decorated(): GraphQLSchema {
  const book = new GuestBook();
  return buildSchemaSync({ resolvers: [GuestBook], container: { get: () => book }, validate: false });
}

const SDL = `
  scalar DateTime
  type Query {
    entries: [Entry!]! @public
    whoami: String! @auth
    careless: String! @public
  }
  type Mutation { sign(text: String!): Entry! @auth }
  type Entry { text: String!  author: ID!  at: DateTime!  mine: Boolean! @auth }
  extend type Entry { address: String! @auth(requires: ADMIN) }
`;

/** The same in SDL. */
export function written(): GraphQLSchema {
  const entries: Omit<Entry, 'mine'>[] = [];
  const sign = (_: unknown, { text }: { text: string }, { auth }: BookContext) => {
    entries.push({ text, author: auth.user.id, at: new Date(0), address: '12 St James Square' });
    return entries.at(-1);
  };
  return makeExecutableSchema<BookContext>({
    typeDefs: [authTypeDefs(), SDL],
    resolvers: {
      Query: {
        entries: () => entries,
        whoami: (_, __, { auth, tenant }) => JSON.stringify({ ...callerIn({ auth }), tenant }),
        careless: (_, __, { auth }) => auth.user.id,
      },
      Mutation: { sign },
      Entry: { mine: ({ author }, _, { auth }) => author === auth.user.id },
    },
  });
}

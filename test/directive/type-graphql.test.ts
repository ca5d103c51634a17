import 'reflect-metadata';
import {
  Arg,
  buildSchemaSync,
  Directive,
  Field,
  FieldResolver,
  ID,
  Int,
  InterfaceType,
  Mutation,
  ObjectType,
  Query,
  Resolver,
  Root,
  registerEnumType,
} from 'type-graphql';
import { printSchemaWithDirectives } from '../../src/directive/print-schema.ts';
import { protectSchema } from '../../src/directive/protect-schema.ts';
import { CurrentCaller } from '../../src/graphql/current-caller.ts';
import type { Caller } from '../../src/guard/caller.ts';
import { send } from '../support/client.ts';
import { onSqlite, runServer } from '../support/running.ts';
import { type Callers, createCallers } from './callers.ts';
import { runSchema } from './own-schema.ts';

/** Numbers inside, as TypeScript's enums have them. */
enum Role {
  USER,
  ADMIN,
}
registerEnumType(Role, { name: 'Role' });

@Directive('@auth(requires: ADMIN)')
@InterfaceType()
abstract class Priced {
  @Field(() => Int)
  readonly price!: number;
}

@Directive('@auth(maxAge: 60)')
@ObjectType({ implements: Priced })
class Book extends Priced {
  @Field(() => String)
  readonly title!: string;
}

@ObjectType()
class Reader {
  @Field(() => ID)
  readonly id!: string;

  @Directive('@auth(requires: ADMIN)')
  @Field(() => String)
  readonly address!: string;

  @Field(() => Role)
  readonly role!: Role;
}

@Resolver(() => Reader)
class Library {
  @Directive('@public')
  @Query(() => Reader)
  reader(@Arg('id', () => ID) id: string): Partial<Reader> {
    return { id, address: '12 St James Square', role: Role.USER };
  }

  @Directive('@auth')
  @Query(() => Book)
  book(): Book {
    return Object.assign(new Book(), { title: 'Notes', price: 3 });
  }

  @Directive('@auth')
  @Query(() => ID)
  caller(@CurrentCaller() caller: Caller): string {
    return caller.user.id;
  }

  @Directive('@auth')
  @FieldResolver(() => ID)
  asker(@Root() reader: Reader, @CurrentCaller() caller: Caller): string {
    return `${caller.user.id} asks for ${reader.id}`;
  }

  @Directive('@auth(requires: ADMIN, maxAge: 60)')
  @Mutation(() => Boolean)
  burn(): boolean {
    return true;
  }
}

@Resolver()
class Careless {
  @Directive('@public')
  @Query(() => String)
  anyone(@CurrentCaller() caller: Caller): string {
    return caller.user.id;
  }
}

@Resolver()
class Mistyped {
  @Directive('@atuh')
  @Query(() => String)
  me(): string {
    return 'everyone reads this';
  }
}

@Resolver()
class Forgotten {
  @Query(() => String)
  me(): string {
    return 'everyone reads this';
  }
}

onSqlite('@auth on a schema of type-graphql', (database) => {
  const issuer = runServer(database);
  const server = runSchema(database, () =>
    buildSchemaSync({ resolvers: [Library, Careless], validate: false }),
  );
  let callers: Callers;
  beforeAll(async () => {
    callers = await createCallers(issuer().url, database());
  });

  async function ask(who: keyof Callers, document: string) {
    const { data, errors = [] } = await send(server().url, document, {}, callers[who]);
    return { data, refused: errors.map(({ path, extensions }) => [path?.join('.'), extensions['code']]) };
  }

  it('guards a field below a @public root field', async () => {
    const document = '{ reader(id: 7) { id role } }';
    expect((await ask('anonymous', document)).data).toEqual({ reader: { id: '7', role: 'USER' } });
    expect((await ask('user', '{ reader(id: 7) { address } }')).refused).toEqual([
      ['reader.address', 'FORBIDDEN'],
    ]);
    expect((await ask('admin', '{ reader(id: 7) { address } }')).refused).toEqual([]);
  });

  it('adds up what interface and type ask for', async () => {
    const document = '{ book { title price } }';
    expect((await ask('user', document)).refused).toEqual([['book.title', 'FORBIDDEN']]);
    expect((await ask('adminOfOld', document)).refused).toEqual([
      ['book.title', 'REAUTHENTICATION_REQUIRED'],
    ]);
    expect((await ask('admin', document)).data).toEqual({ book: { title: 'Notes', price: 3 } });
  });

  it('guards a mutation', async () => {
    expect((await ask('user', 'mutation { burn }')).refused).toEqual([['burn', 'FORBIDDEN']]);
    expect((await ask('adminOfOld', 'mutation { burn }')).refused).toEqual([
      ['burn', 'REAUTHENTICATION_REQUIRED'],
    ]);
    expect((await ask('admin', 'mutation { burn }')).data).toEqual({ burn: true });
  });

  it('tells the resolver of a guarded field who calls', async () => {
    const { data } = await ask('user', '{ caller reader(id: 7) { asker } }');
    expect(data.reader.asker).toBe(`${data.caller} asks for 7`);
  });

  it('lets nobody pass as the caller where no field is guarded', async () => {
    const { data, refused } = await ask('anonymous', '{ anyone }');
    expect({ data, refused }).toEqual({ data: null, refused: [['anyone', 'INTERNAL_SERVER_ERROR']] });
  });

  it('is printed', () => {
    const text = printSchemaWithDirectives(buildSchemaSync({ resolvers: [Library], validate: false }));
    expect(text).toContain('type Book implements Priced @auth(maxAge: 60) {');
    expect(text).toContain('interface Priced @auth(requires: ADMIN) {');
    expect(text).toContain('  asker: ID! @auth\n');
  });
});

describe('G1 a server with resolvers of type-graphql does not start', () => {
  const start = (resolver: typeof Mistyped | typeof Forgotten) =>
    protectSchema(buildSchemaSync({ resolvers: [resolver], validate: false }));

  it('with a mistyped directive', () => {
    expect(() => start(Mistyped)).toThrow('Unknown directive "@atuh". (me: String! @atuh)');
  });

  it('with a root field without a directive', () => {
    expect(() => start(Forgotten)).toThrow('Query.me carries neither @auth nor @public.');
  });
});

import 'reflect-metadata';
import { buildSchemaSync, Field, Int, ObjectType, Query, Resolver } from 'type-graphql';
import { printSchemaWithDirectives } from '../../src/directive/print-schema.ts';
import { protectSchema } from '../../src/directive/protect-schema.ts';
import { Auth, Public } from '../../src/graphql/auth-decorators.ts';

@Auth({ requires: 'ADMIN' })
@ObjectType()
class Ledger {
  @Auth({ maxAge: 60, when: ['MINE', 'CALM'] })
  @Field(() => Int)
  readonly sum!: number;
}

@Resolver(() => Ledger)
class Ledgers {
  @Public()
  @Query(() => Int)
  open(): number {
    return 1;
  }

  @Auth()
  @Query(() => Ledger)
  ledger(): Ledger {
    return Object.assign(new Ledger(), { sum: 1 });
  }

  @Auth({ when: 'MINE' })
  @Query(() => Int)
  mine(): number {
    return 1;
  }
}

const conditions = { MINE: () => true, CALM: () => true };

it('says by decorators what the directives say', () => {
  const schema = protectSchema(buildSchemaSync({ resolvers: [Ledgers], validate: false }), { conditions });
  const printed = printSchemaWithDirectives(schema);
  for (const line of [
    'open: Int! @public',
    'ledger: Ledger! @auth',
    'mine: Int! @auth(when: [MINE])',
    'type Ledger @auth(requires: ADMIN) {',
    'sum: Int! @auth(maxAge: 60, when: [MINE, CALM])',
  ])
    expect(printed).toContain(`${line}\n`);
});

it('names a condition that nobody has registered', () => {
  const build = () =>
    protectSchema(buildSchemaSync({ resolvers: [Ledgers], validate: false }), {
      conditions: { MINE: () => true },
    });
  expect(build).toThrow('Ledger.sum: Argument "when" has invalid value [MINE, CALM].');
});

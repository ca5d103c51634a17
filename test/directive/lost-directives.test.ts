import 'reflect-metadata';
import { Directive, Field, FieldResolver, ObjectType, Query, Resolver } from 'type-graphql';
import { createSchema } from '../../src/graphql/schema.ts';

@Directive('@auth')
@ObjectType()
class Reader {
  @Directive('@auth')
  @Field(() => String)
  readonly address!: string;

  @Field(() => String)
  readonly name!: string;
}

@Directive('@auth')
@Resolver(() => Reader)
class Readers {
  @Directive('@auth')
  @Query(() => Reader)
  reader(): Partial<Reader> {
    return {};
  }

  @Directive('@auth')
  @FieldResolver(() => String)
  asker(): string {
    return 'declared here';
  }

  @Directive('@auth')
  @FieldResolver(() => String)
  name(): string {
    return 'declared by the type';
  }
}

it('G1 a schema does not start of which type-graphql has lost an @auth', () => {
  expect(() => createSchema()).toThrow(
    expect.objectContaining({
      problems: [
        `${Readers.name}.name: type-graphql drops the @auth of a field resolver; it belongs to the field of the type.`,
        'Readers: type-graphql drops the @auth of a class that is no type.',
      ],
    }),
  );
});

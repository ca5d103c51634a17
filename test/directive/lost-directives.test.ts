import 'reflect-metadata';
import { Directive, Field, FieldResolver, ObjectType, Query, Resolver } from 'type-graphql';
import { createSchema } from '../../src/graphql/schema.ts';

type Class = { readonly name: string };
interface Method {
  readonly target: Class;
  readonly methodName: string;
}

/** What type-graphql collects from the decorators; there is no other way to ask for it. */
interface Collected {
  readonly fieldDirectives: readonly { readonly target: Class; readonly fieldName: string }[];
  readonly classDirectives: readonly { readonly target: Class }[];
  readonly fields: readonly { readonly target: Class; readonly name: string }[];
  readonly queries: readonly Method[];
  readonly mutations: readonly Method[];
  readonly subscriptions: readonly Method[];
  readonly fieldResolvers: readonly Method[];
  readonly resolverClasses: readonly { readonly target: Class; readonly getObjectType: () => Class }[];
  readonly objectTypes: readonly { readonly target: Class }[];
  readonly interfaceTypes: readonly { readonly target: Class }[];
}

function collected(): Collected {
  return (globalThis as unknown as { TypeGraphQLMetadataStorage: Collected }).TypeGraphQLMetadataStorage;
}

/**
 * Places where type-graphql takes a directive and then drops it in silence: the resolver of a field that its type declares
 * itself, and a class that is no type.
 */
function lostDirectives(): string[] {
  const { fieldDirectives, classDirectives, fields, fieldResolvers } = collected();
  const { queries, mutations, subscriptions } = collected();
  const { resolverClasses, objectTypes, interfaceTypes } = collected();
  const isField = (target: Class | undefined, name: string) =>
    fields.some((field) => field.target === target && field.name === name);
  const isMethod = (methods: readonly Method[], target: Class, name: string) =>
    methods.some((method) => method.target === target && method.methodName === name);
  const typeOf = (target: Class) => resolverClasses.find((each) => each.target === target)?.getObjectType();
  const declares = (target: Class, name: string) =>
    isMethod(fieldResolvers, target, name) && !isField(typeOf(target), name);
  const lost = fieldDirectives.filter(
    ({ target, fieldName }) =>
      !isField(target, fieldName) &&
      !isMethod([...queries, ...mutations, ...subscriptions], target, fieldName) &&
      !declares(target, fieldName),
  );
  const types = [...objectTypes, ...interfaceTypes].map(({ target }) => target);
  const lostOfClasses = classDirectives.filter(({ target }) => !types.includes(target));
  return [
    ...lost.map(({ target, fieldName }) => `${target.name}.${fieldName}`),
    ...lostOfClasses.map(({ target }) => target.name),
  ];
}

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

it('G1 no directive of the server stands where type-graphql loses it', () => {
  createSchema();
  expect(collected().fieldDirectives.length).toBeGreaterThan(8);
  // Those of this file, as the control.
  expect(lostDirectives()).toEqual([`${Readers.name}.name`, Readers.name]);
});

import {
  type DefinitionNode,
  GraphQLEnumType,
  GraphQLSchema,
  Kind,
  parse,
  print,
  printSchema,
} from 'graphql';
import { defineDirectives } from './define-directives.ts';
import { type AuthRules, roleModel } from './rules.ts';

/**
 * The definitions of `@auth` and `@public`, and of the enums that they take, for a schema that is written in SDL. An enum of
 * roles of your own is yours to define.
 *
 * @param rules those that the schema will be protected by
 */
export function authTypeDefs(rules: Pick<AuthRules<never>, 'roles' | 'conditions'> = {}): string {
  const { roles, conditions = {} } = rules;
  const schema = new GraphQLSchema({ types: roles === undefined ? [] : [standIn(roles)] });
  const defined = defineDirectives(schema, roleModel(rules), Object.keys(conditions));
  const document = parse(printSchema(defined));
  return print({
    ...document,
    definitions: document.definitions.filter((each) => !isEnum(each, roles?.enum)),
  });
}

/** An enum with the values that are named; it is left out in the end. */
function standIn({ enum: name, implies = {} }: NonNullable<AuthRules['roles']>): GraphQLEnumType {
  const values = ['ANY', ...Object.entries(implies).flatMap(([higher, lower]) => [higher, ...lower])];
  return new GraphQLEnumType({ name, values: Object.fromEntries(values.map((value) => [value, {}])) });
}

function isEnum(definition: DefinitionNode, name: string | undefined): boolean {
  return definition.kind === Kind.ENUM_TYPE_DEFINITION && definition.name.value === name;
}

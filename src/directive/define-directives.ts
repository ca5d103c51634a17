import {
  DirectiveLocation,
  GraphQLDirective,
  GraphQLEnumType,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLSchema,
  isEnumType,
} from 'graphql';
import type { RoleModel } from './rules.ts';
import { SchemaError } from './schema-error.ts';

/** Its values are the names of the conditions that a schema has of its own. */
export const CONDITION_ENUM = 'AuthCondition';

const publicDirective = new GraphQLDirective({
  name: 'public',
  description: 'This root field is open to everyone.',
  locations: [DirectiveLocation.FIELD_DEFINITION],
});

/**
 * The schema with `@auth` and `@public` defined.
 *
 * @param conditions names of its own conditions
 * @throws SchemaError when it defines one of them, or an enum that they take, otherwise: it would be read wrongly
 */
export function defineDirectives(
  schema: GraphQLSchema,
  model: RoleModel,
  conditions: readonly string[],
): GraphQLSchema {
  const role = roleEnum(schema, model);
  const condition = conditions.length === 0 ? undefined : conditionEnum(schema, conditions);
  const ours = [authDirective(role, model, condition), publicDirective];
  const conflicts = ours.filter((directive) => !agrees(schema.getDirective(directive.name), directive));
  if (conflicts.length > 0)
    throw new SchemaError(conflicts.map(({ name }) => `@${name} is defined otherwise than it is obeyed.`));
  const others = schema.getDirectives().filter(({ name }) => !ours.some((own) => own.name === name));
  return new GraphQLSchema({ ...schema.toConfig(), directives: [...others, ...ours] });
}

function authDirective(
  role: GraphQLEnumType,
  { everyone, implies }: RoleModel,
  condition: GraphQLEnumType | undefined,
): GraphQLDirective {
  const defaultValue = everyone === undefined ? undefined : role.getValue(everyone)?.value;
  return new GraphQLDirective({
    name: 'auth',
    description:
      'This needs a live session. What a type, its interfaces and the field itself ask for adds up; on a type it stands for each of its fields.',
    locations: [DirectiveLocation.OBJECT, DirectiveLocation.INTERFACE, DirectiveLocation.FIELD_DEFINITION],
    args: {
      requires: {
        type: role,
        defaultValue,
        description: `Role that the caller must hold${impliesInWords(implies)}.`,
      },
      maxAge: {
        type: GraphQLInt,
        description:
          'At most so many seconds since the caller last proved their credentials; else REAUTHENTICATION_REQUIRED.',
      },
      ...(condition && {
        when: {
          type: new GraphQLList(new GraphQLNonNull(condition)),
          description: 'What must hold as well; else FORBIDDEN.',
        },
      }),
    },
  });
}

function impliesInWords(implies: RoleModel['implies']): string {
  const words = Object.entries(implies).map(([higher, lower]) => `${higher} implies ${lower.join(' and ')}`);
  return words.map((each) => `; ${each}`).join('');
}

function roleEnum(schema: GraphQLSchema, { enumName, names, implies }: RoleModel): GraphQLEnumType {
  const found = schema.getType(enumName);
  if (found === undefined && names !== undefined)
    return new GraphQLEnumType({
      name: enumName,
      values: Object.fromEntries(names.map((name) => [name, {}])),
    });
  const wanted = names ?? Object.entries(implies).flatMap(([higher, lower]) => [higher, ...lower]);
  if (isEnumType(found) && wanted.every((name) => found.getValue(name))) return found;
  const values = wanted.length === 0 ? '' : ` with the values ${wanted.join(', ')}`;
  throw new SchemaError([`${enumName} must be an enum${values}.`]);
}

function conditionEnum(schema: GraphQLSchema, names: readonly string[]): GraphQLEnumType {
  const found = schema.getType(CONDITION_ENUM);
  if (found === undefined)
    return new GraphQLEnumType({
      name: CONDITION_ENUM,
      values: Object.fromEntries(names.map((name) => [name, {}])),
    });
  const values = isEnumType(found) ? found.getValues().map(({ name }) => name) : [];
  if (isEnumType(found) && sameMembers(values, names)) return found;
  throw new SchemaError([
    `${CONDITION_ENUM} must be an enum with the values ${names.join(', ')}, and no others.`,
  ]);
}

function sameMembers(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((each) => others.includes(each));
}

function agrees(found: GraphQLDirective | undefined | null, ours: GraphQLDirective): boolean {
  return !found || signature(found) === signature(ours);
}

function signature({ args, locations, isRepeatable }: GraphQLDirective): string {
  const types = args.map(({ name, type, defaultValue }) => [name, String(type), defaultValue ?? null]);
  return JSON.stringify([types.sort(), [...locations].sort(), isRepeatable]);
}

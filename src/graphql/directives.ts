import {
  type ConstDirectiveNode,
  DirectiveLocation,
  GraphQLDirective,
  type GraphQLEnumType,
  GraphQLInt,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  GraphQLSchema,
  getDirectiveValues,
  isEnumType,
  specifiedDirectives,
} from 'graphql';
import { type Requirement, strictest } from '../guard/requirement.ts';

/** Anything of a schema that directives can stand on. */
export interface Annotated {
  readonly astNode?: { readonly directives?: readonly ConstDirectiveNode[] | undefined } | null | undefined;
}

const publicDirective = new GraphQLDirective({
  name: 'public',
  description: 'This root field is open to everyone.',
  locations: [DirectiveLocation.FIELD_DEFINITION],
});

function authDirective(role: GraphQLEnumType): GraphQLDirective {
  return new GraphQLDirective({
    name: 'auth',
    description: 'This needs a live session.',
    locations: [DirectiveLocation.OBJECT, DirectiveLocation.INTERFACE, DirectiveLocation.FIELD_DEFINITION],
    args: {
      requires: {
        type: role,
        defaultValue: 'USER',
        description: 'Role that the caller must hold; ADMIN implies USER.',
      },
      maxAge: {
        type: GraphQLInt,
        description: 'At most so many seconds since the caller last proved their credentials.',
      },
    },
  });
}

/** The schema with `@auth` and `@public` defined over its own enum `Role`. */
export function withDirectives(schema: GraphQLSchema): GraphQLSchema {
  const role = schema.getType('Role');
  if (!isEnumType(role)) throw new Error('The schema must define the enum Role.');
  return new GraphQLSchema({
    ...schema.toConfig(),
    directives: [...specifiedDirectives, authDirective(role), publicDirective],
  });
}

export function isPublic(annotated: Annotated): boolean {
  return annotated.astNode?.directives?.some(({ name }) => name.value === 'public') ?? false;
}

/**
 * What `@auth` on this very type or field asks; undefined where there is none.
 *
 * @throws Error naming an argument that the directive does not take
 */
export function ownRequirement(schema: GraphQLSchema, annotated: Annotated): Requirement | undefined {
  const directive = schema.getDirective('auth');
  const node = annotated.astNode;
  const values =
    directive && node?.directives
      ? getDirectiveValues(directive, { directives: node.directives })
      : undefined;
  if (values === undefined) return undefined;
  const { requires, maxAge } = values;
  if (requires !== 'USER' && requires !== 'ADMIN') throw new Error('@auth(requires:) must be a Role.');
  if (maxAge === undefined || maxAge === null) return { role: requires, maxAge: undefined };
  if (typeof maxAge !== 'number' || maxAge < 0)
    throw new Error(`@auth(maxAge:) must not be negative: ${maxAge}.`);
  return { role: requires, maxAge };
}

/**
 * What a field asks in all: its own `@auth`, its type's, and those of the interfaces that the type implements, on the
 * interface as on the interface's field. They add up.
 */
export function requirementOf(
  schema: GraphQLSchema,
  type: GraphQLObjectType | GraphQLInterfaceType,
  fieldName: string,
): Requirement | undefined {
  const places = [type, ...type.getInterfaces()].flatMap((each) =>
    [each, each.getFields()[fieldName] ?? []].flat(),
  );
  const requirements = places.flatMap((place) => ownRequirement(schema, place) ?? []);
  return requirements.length === 0 ? undefined : strictest(requirements);
}

import {
  DirectiveLocation,
  GraphQLDirective,
  GraphQLEnumType,
  GraphQLInt,
  GraphQLSchema,
  isEnumType,
} from 'graphql';
import { ROLES } from '../accounts/user.ts';
import { SchemaError } from './schema-error.ts';

const publicDirective = new GraphQLDirective({
  name: 'public',
  description: 'This root field is open to everyone.',
  locations: [DirectiveLocation.FIELD_DEFINITION],
});

function authDirective(role: GraphQLEnumType): GraphQLDirective {
  return new GraphQLDirective({
    name: 'auth',
    description:
      'This needs a live session. What a type, its interfaces and the field itself ask for adds up; on a type it stands for each of its fields.',
    locations: [DirectiveLocation.OBJECT, DirectiveLocation.INTERFACE, DirectiveLocation.FIELD_DEFINITION],
    args: {
      requires: {
        type: role,
        defaultValue: role.getValue('USER')?.value,
        description: 'Role that the caller must hold; ADMIN implies USER.',
      },
      maxAge: {
        type: GraphQLInt,
        description:
          'At most so many seconds since the caller last proved their credentials; else REAUTHENTICATION_REQUIRED.',
      },
    },
  });
}

/**
 * The schema with `@auth` and `@public` defined.
 *
 * @throws SchemaError when it defines one of them, or the enum Role, otherwise: it would be read wrongly
 */
export function defineDirectives(schema: GraphQLSchema): GraphQLSchema {
  const ours = [authDirective(roleOf(schema)), publicDirective];
  const conflicts = ours.filter((directive) => !agrees(schema.getDirective(directive.name), directive));
  if (conflicts.length > 0)
    throw new SchemaError(conflicts.map(({ name }) => `@${name} is defined otherwise than it is obeyed.`));
  const others = schema.getDirectives().filter(({ name }) => !ours.some((own) => own.name === name));
  return new GraphQLSchema({ ...schema.toConfig(), directives: [...others, ...ours] });
}

function roleOf(schema: GraphQLSchema): GraphQLEnumType {
  const role =
    schema.getType('Role') ?? new GraphQLEnumType({ name: 'Role', values: { USER: {}, ADMIN: {} } });
  if (isEnumType(role) && ROLES.every((name) => role.getValue(name))) return role;
  throw new SchemaError([`Role must be an enum with the values ${ROLES.join(', ')}.`]);
}

function agrees(found: GraphQLDirective | undefined | null, ours: GraphQLDirective): boolean {
  return !found || signature(found) === signature(ours);
}

function signature({ args, locations, isRepeatable }: GraphQLDirective): string {
  const types = args.map(({ name, type, defaultValue }) => [name, String(type), defaultValue ?? null]);
  return JSON.stringify([types.sort(), [...locations].sort(), isRepeatable]);
}

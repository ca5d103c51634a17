import {
  type GraphQLEnumType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  GraphQLScalarType,
  type GraphQLSchema,
  isEnumType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
  OperationTypeNode,
} from 'graphql';
import { type Annotated, appliedDirectives } from '../directive/applied-directives.ts';

/** Ours that the host may define as well, so that its own SDL can name it. */
const SHARED_ENUM = 'Role';

/** What a scalar does that was declared and not written. */
const { serialize: UNWRITTEN } = new GraphQLScalarType({ name: 'Unwritten' });

/** Why a host's schema cannot be merged with ours; all of it. */
export function hostConflicts(own: GraphQLSchema, host: GraphQLSchema): string[] {
  return [...rootConflicts(own, host), ...typeConflicts(own, host), ...unreadDirectives(host)];
}

function rootConflicts(own: GraphQLSchema, host: GraphQLSchema): string[] {
  return Object.values(OperationTypeNode).flatMap((operation) => {
    const root = host.getRootType(operation);
    return root ? rootProblems(operation, own.getRootType(operation), root) : [];
  });
}

/** What stands on a root type, or on an interface of it, would be asked of all of our fields, or be asked of none. */
function rootProblems(
  operation: OperationTypeNode,
  ours: GraphQLObjectType | null | undefined,
  root: GraphQLObjectType,
): string[] {
  const name = `${operation.charAt(0).toUpperCase()}${operation.slice(1)}`;
  if (root.name !== name) return [`The type of its ${operation} must be named ${name}; it is ${root.name}.`];
  const ownFields = ours?.getFields() ?? {};
  const shared = Object.keys(root.getFields()).filter((field) => field in ownFields);
  return [
    ...shared.map((field) => `${name}.${field} is a field of Portcullis already.`),
    ...appliedDirectives(root).map(
      (directive) => `${name} carries @${directive.name.value} itself; put it on the fields of it.`,
    ),
    ...root
      .getInterfaces()
      .map((each) => `${name} implements ${each.name}, which a merged root type cannot.`),
  ];
}

function typeConflicts(own: GraphQLSchema, host: GraphQLSchema): string[] {
  const roots = Object.values(OperationTypeNode).map((operation) => host.getRootType(operation));
  return Object.values(host.getTypeMap())
    .filter((type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type))
    .filter((type) => !roots.some((root) => root === type))
    .filter((type) => !isSame(own.getType(type.name), type))
    .map(({ name }) => `${name} is a type of Portcullis already.`);
}

function isSame(ours: GraphQLNamedType | undefined, theirs: GraphQLNamedType): boolean {
  if (ours === undefined || ours === theirs) return true;
  if (isEnumType(ours) && isEnumType(theirs)) return theirs.name === SHARED_ENUM && isSameEnum(ours, theirs);
  return isScalarType(ours) && isScalarType(theirs) && isSameScalar(ours, theirs);
}

/** By names and by what they stand for inside: numbers of the host's would not be ours. */
function isSameEnum(ours: GraphQLEnumType, theirs: GraphQLEnumType): boolean {
  const values = theirs.getValues();
  return (
    values.length === ours.getValues().length &&
    values.every(({ name, value }) => ours.getValue(name)?.value === value)
  );
}

/** Another copy of one library is told by its words; a scalar that is only declared takes over ours. */
function isSameScalar(ours: GraphQLScalarType, theirs: GraphQLScalarType): boolean {
  return theirs.serialize === UNWRITTEN || (ours.description ?? '') === theirs.description;
}

/** Some libraries keep directives in `extensions`, where nobody obeys them: their field would be open. */
function unreadDirectives(host: GraphQLSchema): string[] {
  return Object.values(host.getTypeMap())
    .filter((type) => isObjectType(type) || isInterfaceType(type))
    .flatMap((type) => [
      ...unreadOf(type.name, type),
      ...Object.values(type.getFields()).flatMap((field) => unreadOf(`${type.name}.${field.name}`, field)),
    ]);
}

function unreadOf(
  place: string,
  annotated: Annotated & { readonly extensions: Readonly<Record<string, unknown>> },
): string[] {
  const hidden = JSON.stringify(annotated.extensions['directives'] ?? null);
  const applied = appliedDirectives(annotated).map(({ name }) => name.value);
  return ['auth', 'public']
    .filter((name) => hidden.includes(`"${name}"`) && !applied.includes(name))
    .map((name) => `${place} has @${name} in its extensions, and not in its definition, where it is read.`);
}

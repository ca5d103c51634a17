import {
  type DocumentNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isSpecifiedDirective,
  parse,
  print,
  printSchema,
  visit,
} from 'graphql';
import type { Annotated } from './directives.ts';

/** The schema with the directives applied to it, which `printSchema` leaves out. */
export function schemaDocument(schema: GraphQLSchema): DocumentNode {
  const builtIn = new Set(
    schema
      .getDirectives()
      .filter(isSpecifiedDirective)
      .map(({ name }) => name),
  );
  const applied = (annotated: Annotated | undefined) =>
    (annotated?.astNode?.directives ?? []).filter(({ name }) => !builtIn.has(name.value));
  return visit(parse(printSchema(schema)), {
    enter(node, _key, _parent, _path, ancestors) {
      if (!('name' in node) || !('directives' in node) || node.name === undefined) return undefined;
      const names = [...ancestors, node].flatMap((each) => nameOf(each) ?? []);
      const added = applied(annotatedAt(schema, names));
      return added.length === 0 ? undefined : { ...node, directives: [...(node.directives ?? []), ...added] };
    },
  });
}

/** The text of `schema.graphql`. */
export function printSchemaWithDirectives(schema: GraphQLSchema): string {
  return `${print(schemaDocument(schema))}\n`;
}

function nameOf(node: unknown): string | undefined {
  const name = (node as { name?: { value?: string } }).name;
  return name?.value;
}

/** The part of the schema that `[type]`, `[type, field]` or `[type, field, argument]` names. */
function annotatedAt(schema: GraphQLSchema, names: readonly string[]): Annotated | undefined {
  const [typeName = '', memberName, argumentName] = names;
  const type = schema.getType(typeName);
  if (type === undefined || memberName === undefined) return type as Annotated | undefined;
  const member = memberOf(type, memberName);
  return argumentName === undefined ? member : member?.args?.find(({ name }) => name === argumentName);
}

type Member = Annotated & { readonly args?: readonly (Annotated & { readonly name: string })[] };

function memberOf(type: GraphQLNamedType, name: string): Member | undefined {
  if (isObjectType(type) || isInterfaceType(type) || isInputObjectType(type)) return type.getFields()[name];
  return isEnumType(type) ? (type.getValue(name) ?? undefined) : undefined;
}

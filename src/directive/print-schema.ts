import {
  type ASTNode,
  type ConstDirectiveNode,
  type DefinitionNode,
  type DocumentNode,
  type GraphQLSchema,
  Kind,
  type NameNode,
  OperationTypeNode,
  parse,
  print,
  printSchema,
  specifiedDirectives,
  visit,
} from 'graphql';
import { type Annotated, appliedDirectives } from './applied-directives.ts';
import { rootTypes } from './root-types.ts';

/** A type, directive, field, argument or enum value of a schema, and what it is made of. */
interface Element extends Annotated {
  getFields?(): Readonly<Record<string, Element>>;
  getValue?(name: string): Element | null | undefined;
  readonly args?: readonly (Element & { readonly name: string })[];
}

type NamedNode = ASTNode & { readonly name: NameNode };

/** `printSchema` prints the applied ones of these itself. */
const PRINTED = new Set(specifiedDirectives.map(({ name }) => name));

/** The text of `schema.graphql`: the schema with the directives applied to it, which `printSchema` leaves out. */
export function printSchemaWithDirectives(schema: GraphQLSchema): string {
  const document = withAppliedDirectives(schema, printedDocument(schema));
  const definitions = document.definitions.toSorted((a, b) => rank(schema, a) - rank(schema, b));
  return `${print({ ...document, definitions })}\n`;
}

/** `printSchema` leaves `schema { … }` out where the root types bear their usual names; a directive on it needs it. */
function printedDocument(schema: GraphQLSchema): DocumentNode {
  const document = parse(printSchema(schema));
  const isExplicit = document.definitions.some(({ kind }) => kind === Kind.SCHEMA_DEFINITION);
  if (isExplicit || printable(schema).length === 0) return document;
  const roots = Object.values(OperationTypeNode).flatMap((operation) => {
    const type = schema.getRootType(operation);
    return type ? `${operation}: ${type.name}` : [];
  });
  const { definitions } = parse(`schema { ${roots.join(' ')} }`);
  return { ...document, definitions: [...definitions, ...document.definitions] };
}

function withAppliedDirectives(schema: GraphQLSchema, document: DocumentNode): DocumentNode {
  return visit(document, {
    enter(node, _key, _parent, _path, ancestors) {
      if (!('directives' in node)) return undefined;
      const applied = printable(elementAt(schema, [...ancestors, node].filter(isNamed)));
      return applied.length === 0
        ? undefined
        : { ...node, directives: [...(node.directives ?? []), ...applied] };
    },
  });
}

function printable(element: Annotated | undefined): ConstDirectiveNode[] {
  return element ? appliedDirectives(element).filter(({ name }) => !PRINTED.has(name.value)) : [];
}

/** What a node of the printed document defines: an argument, say, by the nodes of its type, its field and itself. */
function elementAt(schema: GraphQLSchema, [definition, ...members]: readonly NamedNode[]) {
  if (definition === undefined) return schema;
  const { value } = definition.name;
  const isDirective = definition.kind === Kind.DIRECTIVE_DEFINITION;
  const outermost: Element | null | undefined = isDirective
    ? schema.getDirective(value)
    : schema.getType(value);
  return members.reduce((element, member) => memberOf(element, member.name.value), outermost ?? undefined);
}

function memberOf(element: Element | undefined, name: string): Element | undefined {
  const member = element?.getFields?.()[name] ?? element?.getValue?.(name);
  return member ?? element?.args?.find((argument) => argument.name === name);
}

function isNamed(node: ASTNode | readonly ASTNode[]): node is NamedNode {
  return 'name' in node && node.name !== undefined;
}

/** What a reader looks for first: the directives, then the root types. */
function rank(schema: GraphQLSchema, node: DefinitionNode): number {
  if (!('name' in node) || node.kind === Kind.DIRECTIVE_DEFINITION) return 0;
  return rootTypes(schema).some(({ name }) => name === node.name?.value) ? 1 : 2;
}

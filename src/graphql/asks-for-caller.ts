import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SelectionSetNode,
} from 'graphql';
import { requirementOfField } from '../directive/guard-fields.ts';

/** Documents are kept parsed, so that each is looked at once for all of its requests. */
const known = new WeakMap<OperationDefinitionNode, boolean>();

/**
 * Whether an operation is a query that is certain to ask who calls, and for no more than that somebody does: one of its
 * root fields does, and no `@skip` or `@include` can leave it out. A query with variables is not certain: one that does
 * not fit ends it before its first field.
 *
 * @param document one that is valid: its fields exist, its fragments end, its size is bounded
 * @param operation undefined: the document has none of the name that was asked for
 */
export function asksForCaller(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode | undefined,
): operation is OperationDefinitionNode {
  if (operation === undefined) return false;
  const asks = known.get(operation) ?? isCertainToAsk(schema, document, operation);
  known.set(operation, asks);
  return asks;
}

function isCertainToAsk(
  schema: GraphQLSchema,
  document: DocumentNode,
  { operation, variableDefinitions = [], selectionSet }: OperationDefinitionNode,
): boolean {
  const query = schema.getQueryType();
  if (operation !== OperationTypeNode.QUERY || !query || variableDefinitions.length > 0) return false;
  return certainFields(document, selectionSet).some((name) => {
    const field = query.getFields()[name];
    return field !== undefined && requirementOfField(field)?.isPlain;
  });
}

function certainFields(document: DocumentNode, { selections }: SelectionSetNode): string[] {
  return selections.flatMap((selection) => {
    if (selection.directives !== undefined && selection.directives.length > 0) return [];
    if (selection.kind === Kind.FIELD) return [selection.name.value];
    const selected =
      selection.kind === Kind.INLINE_FRAGMENT ? selection : fragmentOf(document, selection.name.value);
    return selected === undefined ? [] : certainFields(document, selected.selectionSet);
  });
}

function fragmentOf({ definitions }: DocumentNode, name: string): FragmentDefinitionNode | undefined {
  return definitions
    .filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
    .find((fragment) => fragment.name.value === name);
}

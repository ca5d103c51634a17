import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

/** A root field as an operation asks for it. */
export interface AskedField {
  /** Under which the answer has it: an alias, or the name. */
  readonly key: string;
  readonly name: string;
}

/** Documents are kept parsed, so that each is walked once for all of its requests. */
const known = new WeakMap<OperationDefinitionNode, readonly AskedField[]>();

/** @param document one that is valid: its fields exist, its fragments end, its size is bounded */
export function rootFieldsOf(
  document: DocumentNode,
  operation: OperationDefinitionNode,
): readonly AskedField[] {
  const fields = known.get(operation) ?? collect(document, operation);
  known.set(operation, fields);
  return fields;
}

function collect(document: DocumentNode, operation: OperationDefinitionNode): readonly AskedField[] {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const byKey = new Map<string, AskedField>();
  const walk = ({ selections }: SelectionSetNode): void => {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        const name = selection.name.value;
        const key = selection.alias?.value ?? name;
        byKey.set(key, { key, name });
      } else if (selection.kind === Kind.INLINE_FRAGMENT) walk(selection.selectionSet);
      else {
        const fragment = fragments.get(selection.name.value);
        // Once is enough, and a fragment that is spread often costs no more.
        fragments.delete(selection.name.value);
        if (fragment !== undefined) walk(fragment.selectionSet);
      }
    }
  };
  walk(operation.selectionSet);
  return [...byKey.values()];
}

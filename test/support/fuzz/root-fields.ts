import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildSchema,
  type DocumentNode,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
  parse,
} from 'graphql';
import { collectFields } from 'graphql/execution/collectFields.js';
import { CHECKOUT } from '../processes.ts';

export const SCHEMA: GraphQLSchema = buildSchema(readFileSync(join(CHECKOUT, 'schema.graphql'), 'utf8'));

/** The root fields that are open to everyone, and those for admins alone, as the schema declares them. */
export const PUBLIC_FIELDS = fieldsWith((directive, argument) => directive === 'public' && argument === '');
export const ADMIN_FIELDS = fieldsWith((directive, argument) => directive === 'auth' && argument === 'ADMIN');

function fieldsWith(fits: (directive: string, requires: string) => boolean): ReadonlySet<string> {
  const types = [SCHEMA.getQueryType(), SCHEMA.getMutationType()];
  const fields = types.flatMap((type) => Object.values(type?.getFields() ?? {}));
  const fitting = fields.filter(({ astNode }) =>
    astNode?.directives?.some(({ name, arguments: given = [] }) => {
      const role = given.find((argument) => argument.name.value === 'requires')?.value;
      return fits(name.value, role?.kind === Kind.ENUM ? role.value : '');
    }),
  );
  return new Set(fitting.map(({ name }) => name));
}

export interface RootField {
  /** Where its value stands in `data`. */
  readonly key: string;
  readonly name: string;
}

interface Sent {
  readonly query: string;
  readonly operationName?: string | null;
  readonly variables?: Readonly<Record<string, unknown>> | null;
}

interface GraphQLAnswer {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly { readonly path?: readonly (string | number)[] }[];
}

/**
 * The root fields that ran to their end, as far as the answer tells: a field that is not null, and in a mutation,
 * whose fields run one after the other, also those before the one whose failure made `data` null.
 *
 * @param body that was sent, and that the server answered with `data`
 */
export function executed(body: string, answer: GraphQLAnswer): readonly RootField[] {
  if (!('data' in answer)) return [];
  const { query, operationName, variables } = JSON.parse(body) as Sent;
  const document = parse(query);
  const operation = getOperationAST(document, operationName ?? undefined);
  if (!operation) throw new Error('There is data for a document in which there is no such operation.');
  const fields = rootFields(document, operation, variables ?? {});
  const { data, errors = [] } = answer;
  if (data) return fields.filter(({ key }) => data[key] !== null && data[key] !== undefined);
  if (operation.operation !== 'mutation') return [];
  const failed = errors.find(({ path }) => path !== undefined)?.path ?? [];
  const at = fields.findIndex(({ key }) => key === failed[0]);
  return fields.slice(0, failed.length > 1 ? at + 1 : Math.max(at, 0));
}

/** The root fields of an operation in the order in which they run, without those that a directive leaves out. */
function rootFields(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): RootField[] {
  const type = SCHEMA.getRootType(operation.operation);
  const fragments = document.definitions.filter((each) => each.kind === Kind.FRAGMENT_DEFINITION);
  const byName = Object.fromEntries(fragments.map((each) => [each.name.value, each]));
  const { coerced } = getVariableValues(SCHEMA, operation.variableDefinitions ?? [], variables);
  if (!type || coerced === undefined) throw new Error('There is data for an operation that cannot run.');
  const fields = collectFields(SCHEMA, byName, coerced, type, operation.selectionSet);
  return [...fields].map(([key, [node]]) => ({ key, name: node?.name.value ?? '' }));
}

import type { GraphQLRequestContextWillSendResponse } from '@apollo/server';
import { type Span, trace } from '@opentelemetry/api';
import type { FormattedExecutionResult, GraphQLFormattedError, OperationDefinitionNode } from 'graphql';
import type { GraphQLContext } from './context.ts';
import { type AskedField, rootFieldsOf } from './operation-fields.ts';

/** How a root field ended. */
export interface FieldOutcome {
  /** Of the schema; undefined: the request was refused before it was known what it asks for. */
  readonly name: string | undefined;
  /** The code of its first error, or of the first one below it; undefined: none. */
  readonly code: string | undefined;
}

export type FieldListener = (outcome: FieldOutcome) => void;

/** Tells of every root field that was asked for, once the answer is made, and names the span of the operation. */
export function observeFields(
  onField: FieldListener,
  { document, operation, response: { body } }: GraphQLRequestContextWillSendResponse<GraphQLContext>,
): void {
  if (body.kind !== 'single') return;
  const asked = document && operation && rootFieldsOf(document, operation);
  const outcomes = outcomesOf(asked, body.singleResult);
  outcomes.forEach(onField);
  const span = trace.getActiveSpan();
  if (span !== undefined) describe(span, operation, outcomes);
}

function outcomesOf(
  asked: readonly AskedField[] | undefined,
  { data, errors }: FormattedExecutionResult,
): readonly FieldOutcome[] {
  if (asked === undefined) return [{ name: undefined, code: codeOf(errors?.[0]) }];
  // @skip and @include: what an answer with data leaves out was not asked for. In one without, everything failed, by the
  // error of a field that may not be null.
  const executed = data ? asked.filter(({ key }) => key in data) : asked;
  return executed.map(({ key, name }) => {
    const own = errors?.find(({ path }) => path?.[0] === key);
    return { name, code: codeOf(own ?? (data ? undefined : errors?.[0])) };
  });
}

function codeOf(error: GraphQLFormattedError | undefined): string | undefined {
  if (error === undefined) return undefined;
  return String(error.extensions?.['code']);
}

/** Names of the schema alone: operations and aliases are the client's words. */
function describe(
  span: Span,
  operation: OperationDefinitionNode | undefined,
  outcomes: readonly FieldOutcome[],
): void {
  if (operation !== undefined) {
    span.updateName(operation.operation);
    span.setAttribute('graphql.operation.type', operation.operation);
  }
  span.setAttribute('portcullis.fields', [...new Set(outcomes.flatMap(({ name }) => name ?? []))]);
  const code = outcomes.find((outcome) => outcome.code !== undefined)?.code;
  if (code !== undefined) span.setAttribute('error.type', code);
}

import {
  type ApolloServerPlugin,
  type GraphQLRequestContextResponseForOperation,
  type GraphQLRequestListener,
  type GraphQLResponse,
  HeaderMap,
} from '@apollo/server';
import { GraphQLError, type OperationDefinitionNode, OperationTypeNode } from 'graphql';
import type { Logger } from '../log.ts';
import type { GraphQLContext } from './context.ts';
import { EXECUTION_OPTIONS } from './limits/execution-options.ts';
import { exceededVariables } from './limits/limit-variables.ts';
import { logErrors } from './log-errors.ts';
import { type FieldListener, observeFields } from './observe-fields.ts';
import { type ErrorStages, type EventSlot, subscribeInto } from './subscribe.ts';

type Stages = GraphQLRequestListener<GraphQLContext>;
type Operation = GraphQLRequestContextResponseForOperation<GraphQLContext>;

/**
 * What is ours to do at the stages of a request. One plugin, and one listener for all requests of a kind: at every stage
 * Apollo Server makes promises for each of them.
 */
export function requestStages(
  log: Logger,
  onField: FieldListener,
  format: ErrorStages['format'],
): ApolloServerPlugin<GraphQLContext> {
  const common: Stages = {
    async didEncounterErrors({ errors, contextValue }) {
      logErrors(log, contextValue.facts.requestId, errors);
    },
    async willSendResponse(context) {
      observeFields(onField, context);
    },
  };
  const overHttp: Stages = {
    ...common,
    async didResolveOperation({ request, operation }) {
      const error = exceededVariables(request.variables);
      if (error !== undefined) throw error;
      if (operation?.operation === OperationTypeNode.SUBSCRIPTION) throw needsSocket();
    },
  };
  const onSocket: Stages = {
    ...common,
    async didResolveOperation({ request }) {
      const error = exceededVariables(request.variables);
      if (error !== undefined) throw error;
    },
    async responseForOperation(context) {
      const { facts, events } = context.contextValue;
      // Whatever its type says: of several operations none may have been named.
      const operation: OperationDefinitionNode | undefined = context.operation;
      if (events === undefined || operation?.operation !== OperationTypeNode.SUBSCRIPTION) return null;
      return begin(context, events, { log: (errors) => logErrors(log, facts.requestId, errors), format });
    },
  };
  return {
    async invalidRequestWasReceived() {
      onField({ name: undefined, code: 'BAD_REQUEST' });
    },
    requestDidStart: async ({ contextValue }) => (contextValue.events === undefined ? overHttp : onSocket),
  };
}

function needsSocket(): GraphQLError {
  const extensions = { code: 'BAD_REQUEST', http: { status: 400 } };
  return new GraphQLError('A subscription needs a WebSocket at this path.', { extensions });
}

async function begin(
  { schema, document, request, contextValue }: Operation,
  slot: EventSlot,
  stages: ErrorStages,
): Promise<GraphQLResponse> {
  const args = {
    schema,
    document,
    contextValue,
    variableValues: request.variables ?? null,
    operationName: request.operationName ?? null,
    options: EXECUTION_OPTIONS,
  };
  const errors = await subscribeInto(slot, args, stages);
  const singleResult = errors === undefined ? { data: null } : { errors };
  return {
    http: { headers: new HeaderMap() },
    body: { kind: 'single', singleResult },
  };
}

import type { ApolloServerPlugin, GraphQLRequestListener } from '@apollo/server';
import type { Logger } from '../log.ts';
import { asksForCaller } from './asks-for-caller.ts';
import type { GraphQLContext } from './context.ts';
import { type ErrorHandling, executeQuery } from './execute-query.ts';
import { exceededVariables } from './limits/limit-variables.ts';
import { logErrors } from './log-errors.ts';
import { type FieldListener, observeFields } from './observe-fields.ts';

/**
 * What is ours to do at the stages of a request. One plugin, and one listener for all requests: at every stage Apollo
 * Server makes promises for each of them.
 */
export function requestStages(
  log: Logger,
  onField: FieldListener,
  format: ErrorHandling['format'],
): ApolloServerPlugin<GraphQLContext> {
  const handling: ErrorHandling = {
    log: (errors, { facts }) => logErrors(log, facts.requestId, errors),
    format,
  };
  const listener: GraphQLRequestListener<GraphQLContext> = {
    async didResolveOperation({ request, schema, document, operation, contextValue }) {
      const error = exceededVariables(request.variables);
      if (error !== undefined) throw error;
      if (asksForCaller(schema, document, operation)) await contextValue.auth.decide(operation);
    },
    async responseForOperation(context) {
      const { schema, document, operation } = context;
      return asksForCaller(schema, document, operation) ? executeQuery(context, handling) : null;
    },
    async didEncounterErrors({ errors, contextValue }) {
      handling.log(errors, contextValue);
    },
    async willSendResponse(context) {
      observeFields(onField, context);
    },
  };
  return {
    async invalidRequestWasReceived() {
      onField({ name: undefined, code: 'BAD_REQUEST' });
    },
    requestDidStart: async () => listener,
  };
}

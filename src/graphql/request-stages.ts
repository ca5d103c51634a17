import type { ApolloServerPlugin, GraphQLRequestListener } from '@apollo/server';
import { asksForCaller } from '../directive/asks-for-caller.ts';
import type { Logger } from '../log.ts';
import type { GraphQLContext } from './context.ts';
import { exceededVariables } from './limits/limit-variables.ts';
import { logErrors } from './log-errors.ts';
import { type FieldListener, observeFields } from './observe-fields.ts';

/**
 * What is ours to do at the stages of a request. One plugin, and one listener for all requests: at every stage Apollo
 * Server makes promises for each of them.
 */
export function requestStages(log: Logger, onField: FieldListener): ApolloServerPlugin<GraphQLContext> {
  const listener: GraphQLRequestListener<GraphQLContext> = {
    async didResolveOperation({ request, schema, document, operation, contextValue }) {
      const error = exceededVariables(request.variables);
      if (error !== undefined) throw error;
      if (operation !== undefined && asksForCaller(schema, document, operation))
        await contextValue.auth.decide(operation);
    },
    async didEncounterErrors({ errors, contextValue }) {
      logErrors(log, contextValue.facts.requestId, errors);
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

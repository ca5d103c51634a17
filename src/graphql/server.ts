import {
  ApolloServer,
  type ApolloServerPlugin,
  type HTTPGraphQLRequest,
  type HTTPGraphQLResponse,
} from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { createContext, type GraphQLContext, type GraphQLServices } from './context.ts';
import { oneCredentialField } from './document-rules.ts';
import { type ErrorLog, formatError, logErrors, withoutSuggestions } from './format-error.ts';
import type { GraphQLEndpoint, RequestFacts } from './request.ts';
import { createSchema } from './schema.ts';

export interface GraphQLServerOptions {
  readonly services: GraphQLServices;
  /** Introspection and field suggestions. */
  readonly introspection: boolean;
  readonly log: ErrorLog;
}

/** Apollo Server behind our own listener. */
export class GraphQLServer implements GraphQLEndpoint {
  private constructor(
    private readonly apollo: ApolloServer<GraphQLContext>,
    private readonly services: GraphQLServices,
  ) {}

  /** @throws SchemaError */
  static async start(options: GraphQLServerOptions): Promise<GraphQLServer> {
    const apollo = createApolloServer(options);
    await apollo.start();
    return new GraphQLServer(apollo, options.services);
  }

  execute(request: HTTPGraphQLRequest, facts: RequestFacts): Promise<HTTPGraphQLResponse> {
    const context = async () => createContext(this.services, facts);
    return this.apollo.executeHTTPGraphQLRequest({ httpGraphQLRequest: request, context });
  }

  stop(): Promise<void> {
    return this.apollo.stop();
  }
}

function createApolloServer({ introspection, log }: GraphQLServerOptions): ApolloServer<GraphQLContext> {
  return new ApolloServer<GraphQLContext>({
    schema: createSchema(),
    introspection,
    hideSchemaDetailsFromClientErrors: !introspection,
    includeStacktraceInErrorResponses: false,
    allowBatchedHttpRequests: false,
    csrfPrevention: true,
    persistedQueries: false,
    stopOnTerminationSignals: false,
    validationRules: [oneCredentialField],
    formatError: (formatted, error) => {
      const answer = formatError(formatted, error);
      return introspection ? answer : withoutSuggestions(answer);
    },
    plugins: [
      // Its Cache-Control would be wrong on answers that depend on the caller, and it costs a fifth of a request.
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      errorLogPlugin(log),
    ],
  });
}

function errorLogPlugin(log: ErrorLog): ApolloServerPlugin<GraphQLContext> {
  return {
    async requestDidStart() {
      return {
        async didEncounterErrors({ errors, contextValue }) {
          logErrors(log, contextValue.facts.requestId, errors);
        },
      };
    },
  };
}

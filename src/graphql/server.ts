import { ApolloServer, type HTTPGraphQLRequest, type HTTPGraphQLResponse } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { GraphQLSchema } from 'graphql';
import type { Logger } from '../log.ts';
import { createContext, type GraphQLContext, type GraphQLServices } from './context.ts';
import { knownOperationType, oneCredentialField } from './document-rules.ts';
import { formatError } from './format-error.ts';
import { hideSchema } from './hide-schema.ts';
import { logErrors } from './log-errors.ts';
import type { GraphQLEndpoint, RequestFacts } from './request.ts';

export interface GraphQLServerOptions {
  /** One that went through `protectSchema`. */
  readonly schema: GraphQLSchema;
  readonly services: GraphQLServices;
  /** Introspection, and names of the schema in errors. */
  readonly introspection: boolean;
  readonly log: Logger;
}

/** Some ten times the longest document of a real client; a longer one overflows the stack or costs seconds (SECURITY F2). */
const MOST_TOKENS = 2_000;

/** Apollo Server behind our own listener. */
export class GraphQLServer implements GraphQLEndpoint {
  private constructor(
    private readonly apollo: ApolloServer<GraphQLContext>,
    private readonly services: GraphQLServices,
  ) {}

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

function createApolloServer(options: GraphQLServerOptions): ApolloServer<GraphQLContext> {
  const { schema, introspection, log } = options;
  return new ApolloServer<GraphQLContext>({
    schema,
    introspection,
    logger: log,
    includeStacktraceInErrorResponses: false,
    allowBatchedHttpRequests: false,
    csrfPrevention: true,
    persistedQueries: false,
    parseOptions: { maxTokens: MOST_TOKENS },
    stopOnTerminationSignals: false,
    validationRules: [knownOperationType, oneCredentialField],
    formatError: (formatted, error) => {
      const answer = formatError(formatted, error);
      return introspection ? answer : hideSchema(answer, error);
    },
    plugins: [
      // Its Cache-Control would be wrong on answers that depend on the caller, and it costs a fifth of a request.
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      logErrors(log),
    ],
  });
}

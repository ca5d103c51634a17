import { ApolloServer, type HTTPGraphQLRequest, type HTTPGraphQLResponse } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { InMemoryLRUCache } from '@apollo/utils.keyvaluecache';
import type { DocumentNode, GraphQLFormattedError, GraphQLSchema } from 'graphql';
import type { Logger } from '../log.ts';
import { traced } from '../tracing.ts';
import { createContext, type GraphQLContext, type GraphQLServices } from './context.ts';
import { knownOperationType, oneCredentialField } from './document-rules.ts';
import { formatError } from './format-error.ts';
import { hideSchema } from './hide-schema.ts';
import { EXECUTION_OPTIONS } from './limits/execution-options.ts';
import { PARSE_OPTIONS } from './limits/parse-options.ts';
import { withinLimits } from './limits/within-limits.ts';
import type { FieldListener } from './observe-fields.ts';
import type {
  GraphQLEndpoint,
  RequestFacts,
  SocketAnswer,
  SocketEndpoint,
  SocketRequest,
} from './request.ts';
import { requestStages } from './request-stages.ts';
import type { EventSlot } from './subscribe.ts';

export interface GraphQLServerOptions {
  /** One that went through `protectSchema`. */
  readonly schema: GraphQLSchema;
  readonly services: GraphQLServices;
  /** Introspection, and names of the schema in errors. */
  readonly introspection: boolean;
  readonly log: Logger;
  readonly onField: FieldListener;
}

/**
 * Bytes of documents, as JSON, that are kept parsed and checked. What the heap holds of them is four times as much, and
 * anybody can fill it; hundreds of honest documents fit.
 */
const KEPT_DOCUMENTS = 4 * 1024 * 1024;

/** Apollo Server behind our own listener. */
export class GraphQLServer implements GraphQLEndpoint, SocketEndpoint {
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
    return traced('graphql', () =>
      this.apollo.executeHTTPGraphQLRequest({ httpGraphQLRequest: request, context }),
    );
  }

  /** The same pipeline, for an operation that comes on a socket. */
  async executeOnSocket(request: SocketRequest, facts: RequestFacts): Promise<SocketAnswer> {
    const slot: EventSlot = { events: undefined };
    const contextValue = createContext(this.services, facts, slot);
    const { body } = await traced('graphql', () => this.apollo.executeOperation(request, { contextValue }));
    if (slot.events !== undefined) return { kind: 'events', events: slot.events };
    if (body.kind !== 'single') throw new Error('An answer in parts has no place on a socket.');
    const { singleResult } = body;
    if ('data' in singleResult) return { kind: 'result', result: singleResult };
    return { kind: 'refused', errors: singleResult.errors ?? [] };
  }

  stop(): Promise<void> {
    return this.apollo.stop();
  }
}

function createApolloServer(options: GraphQLServerOptions): ApolloServer<GraphQLContext> {
  const { schema, introspection, log } = options;
  const format = (formatted: GraphQLFormattedError, error: unknown) => {
    const answer = formatError(formatted, error);
    return introspection ? answer : hideSchema(answer, error);
  };
  return new ApolloServer<GraphQLContext>({
    schema,
    introspection,
    logger: log,
    includeStacktraceInErrorResponses: false,
    allowBatchedHttpRequests: false,
    csrfPrevention: true,
    persistedQueries: false,
    documentStore: new InMemoryLRUCache<DocumentNode>({ maxSize: KEPT_DOCUMENTS }),
    parseOptions: PARSE_OPTIONS,
    executionOptions: EXECUTION_OPTIONS,
    stopOnTerminationSignals: false,
    validationRules: [withinLimits, knownOperationType, oneCredentialField],
    formatError: format,
    plugins: [
      // Its Cache-Control would be wrong on answers that depend on the caller, and it costs a fifth of a request.
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      requestStages(log, options.onField, format),
    ],
  });
}

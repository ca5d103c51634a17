import { ApolloServer, type GraphQLRequest, type HTTPGraphQLResponse } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { InMemoryLRUCache } from '@apollo/utils.keyvaluecache';
import { type DocumentNode, GraphQLError, type GraphQLSchema } from 'graphql';
import type { Logger } from '../log.ts';
import { traced } from '../tracing.ts';
import { createContext, type GraphQLContext, type GraphQLServices, type HostContext } from './context.ts';
import { knownOperationType, oneCredentialField } from './document-rules.ts';
import { formatError } from './format-error.ts';
import { hideSchema } from './hide-schema.ts';
import { PARSE_OPTIONS } from './limits/parse-options.ts';
import { withinLimits } from './limits/within-limits.ts';
import type { FieldListener } from './observe-fields.ts';
import { plainOperation } from './plain-operation.ts';
import type { GraphQLEndpoint, RequestFacts, TransportedRequest } from './request.ts';
import { requestStages } from './request-stages.ts';

export interface GraphQLServerOptions {
  /** One that went through `protectSchema`. */
  readonly schema: GraphQLSchema;
  readonly services: GraphQLServices;
  /** Introspection, and names of the schema in errors. */
  readonly introspection: boolean;
  readonly log: Logger;
  readonly onField: FieldListener;
  readonly context?: HostContext | undefined;
}

/**
 * Bytes of documents, as JSON, that are kept parsed and checked. What the heap holds of them is four times as much, and
 * anybody can fill it; hundreds of honest documents fit.
 */
const KEPT_DOCUMENTS = 4 * 1024 * 1024;

/** How many unfit variables are told of: each message repeats the whole value. */
const MOST_UNFIT = 10;

/** Apollo Server behind our own listener. */
export class GraphQLServer implements GraphQLEndpoint {
  private constructor(
    private readonly apollo: ApolloServer<GraphQLContext>,
    private readonly options: GraphQLServerOptions,
  ) {}

  static async start(options: GraphQLServerOptions): Promise<GraphQLServer> {
    const apollo = createApolloServer(options);
    await apollo.start();
    return new GraphQLServer(apollo, options);
  }

  execute(request: TransportedRequest, facts: RequestFacts): Promise<HTTPGraphQLResponse> {
    const { answerType, body } = request;
    const operation = answerType === undefined ? undefined : plainOperation(body);
    return traced('graphql', () =>
      answerType === undefined || operation === undefined
        ? this.#executeHttp(request, facts)
        : this.#executePlain(operation, answerType, this.#context(request, facts)),
    );
  }

  #executeHttp(httpGraphQLRequest: TransportedRequest, facts: RequestFacts): Promise<HTTPGraphQLResponse> {
    const context = async () => this.#context(httpGraphQLRequest, facts);
    return this.apollo.executeHTTPGraphQLRequest({ httpGraphQLRequest, context });
  }

  /** Without Apollo Server's HTTP layer, which would look again at what the transport and `plainOperation` have seen. */
  async #executePlain(
    operation: GraphQLRequest,
    answerType: string,
    contextValue: GraphQLContext,
  ): Promise<HTTPGraphQLResponse> {
    const { http, body } = await this.apollo.executeOperation(operation, { contextValue });
    if (body.kind !== 'single') throw new Error('There is no answer in parts.');
    const { errors, data, extensions } = body.singleResult;
    http.headers.set('content-type', answerType);
    const string = `${JSON.stringify({ errors, data, extensions })}\n`;
    return { ...http, body: { kind: 'complete', string } };
  }

  stop(): Promise<void> {
    return this.apollo.stop();
  }

  /** @throws GraphQLError that tells nothing but the request's id; the log has what is wrong with the program's own values */
  #context(request: Pick<TransportedRequest, 'headers'>, facts: RequestFacts): GraphQLContext {
    const { context, services, log } = this.options;
    if (context === undefined) return createContext(services, facts);
    const { requestId, ipAddress, userAgent } = facts;
    const header = (name: string) => request.headers.get(name);
    try {
      return createContext(services, facts, context({ requestId, ipAddress, userAgent, header }));
    } catch (error) {
      log.error({ requestId, err: error }, 'the context of a request failed');
      throw new GraphQLError('There is no context.', { extensions: { requestId } });
    }
  }
}

function createApolloServer(options: GraphQLServerOptions): ApolloServer<GraphQLContext> {
  const { schema, introspection, log } = options;
  const format: typeof formatError = (formatted, error) => {
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
    executionOptions: { maxCoercionErrors: MOST_UNFIT },
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

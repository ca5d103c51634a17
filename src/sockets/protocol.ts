import { type GraphQLFormattedError, GraphQLSchema, parse } from 'graphql';
import { type ConnectionInitMessage, makeServer, type Server, type ServerOptions } from 'graphql-ws';
import type { Logger } from '../log.ts';
import { type Admission, admit } from './admit.ts';
import type { OpenSocket } from './open-socket.ts';
import { type Operations, PreparedError, runOperation } from './run-operation.ts';

export interface ProtocolOptions extends Admission, Operations {
  readonly log: Logger;
}

/** Milliseconds until a socket must have said who it stands for. */
const INIT_WAIT = 3_000;

/** graphql-ws looks at it for no more than that there is an operation; what runs is the result that is ready. */
const STAND_IN = { schema: new GraphQLSchema({}), document: parse('{ __typename }') };

const INTERNAL: GraphQLFormattedError = {
  message: 'Internal server error.',
  extensions: { code: 'INTERNAL_SERVER_ERROR' },
};

/** The protocol is graphql-ws's; whom a socket stands for, and what its operations lead to, is ours. */
export function createProtocol(options: ProtocolOptions): Server<OpenSocket> {
  const { log } = options;
  const hooks: ServerOptions<ConnectionInitMessage['payload'], OpenSocket> = {
    connectionInitWaitTimeout: INIT_WAIT,
    onConnect: ({ extra, connectionParams }) => admit(options, extra, connectionParams),
    onSubscribe: async ({ extra }, _, payload) => {
      const outcome = await runOperation(options, extra, payload);
      return Array.isArray(outcome) ? outcome : { ...STAND_IN, contextValue: outcome };
    },
    execute: ({ contextValue }) => contextValue as ReturnType<NonNullable<typeof hooks.execute>>,
    onNext: (_ctx, _id, _payload, _args, result) => result as never,
    onError: (_ctx, _id, _payload, errors) =>
      errors.map((error) => {
        if (error instanceof PreparedError) return error.formatted;
        log.error({ err: error.originalError ?? error }, 'a subscription failed');
        return INTERNAL;
      }),
  };
  return makeServer(hooks);
}

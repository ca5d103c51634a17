import {
  defaultFieldResolver,
  GraphQLError,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  isObjectType,
} from 'graphql';
import { Refusal } from '../errors/refusal.ts';
import { Decisions } from './decisions.ts';
import { guardOf } from './guard-fields.ts';

type Resolver = GraphQLFieldResolver<unknown, unknown>;

/**
 * Lets the guarded fields refuse by errors that every GraphQL server shows as they are: code and details in `extensions`, as
 * a client of Portcullis knows them. Our own server does that where it formats errors.
 */
export function speakGraphQL(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap()).filter(isObjectType)) {
    for (const field of Object.values(type.getFields())) if (guardOf(field) !== undefined) translate(field);
  }
}

function translate(field: GraphQLField<unknown, unknown>): void {
  field.resolve = translated(field.resolve ?? defaultFieldResolver);
  if (field.subscribe !== undefined) field.subscribe = translated(field.subscribe);
}

function translated(resolve: Resolver): Resolver {
  return (source, args, context, info) => {
    requireAuth(context);
    try {
      const result: unknown = resolve(source, args, context, info);
      return result instanceof Promise ? result.catch(rethrow) : result;
    } catch (error) {
      return rethrow(error);
    }
  };
}

/** Fails closed, and tells whoever wrote the server what is missing. */
function requireAuth(context: unknown): void {
  if (
    typeof context === 'object' &&
    context !== null &&
    'auth' in context &&
    context.auth instanceof Decisions
  )
    return;
  throw new Error('The context has no `auth`; authContext(gate, authorization) makes it.');
}

function rethrow(error: unknown): never {
  if (!(error instanceof Refusal)) throw error;
  // Without `originalError`: some servers take an error that has one for a failure of theirs, and mask it.
  throw new GraphQLError(error.message, { extensions: { code: error.code, ...error.details } });
}

import { unwrapResolverError } from '@apollo/server/errors';
import { GraphQLError, type GraphQLFormattedError, isValueNode, Kind } from 'graphql';
import { Refusal } from '../errors/refusal.ts';
import { withoutValues } from './without-values.ts';

const INTERNAL = 'INTERNAL_SERVER_ERROR';

/** What a client reads of an error (CONTRACT, errors). */
export function formatError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const { locations, path, extensions } = formatted;
  const where = { ...(locations && { locations }), ...(path && { path }) };
  const original = unwrapResolverError(error);
  if (original instanceof Refusal)
    return { message: original.message, ...where, extensions: { code: original.code, ...original.details } };
  if (isUnfitVariable(original)) return { ...formatted, message: withoutValue(original) };
  const message = withoutValues(formatted.message);
  if (isUnusableArgument(original) || isTooManyUnfitVariables(original))
    return { ...formatted, message, extensions: { code: 'BAD_USER_INPUT' } };
  if (!isInternal(error)) return { ...formatted, message };
  const requestId = extensions?.['requestId'];
  return { message: 'Internal server error.', ...where, extensions: { code: INTERNAL, requestId } };
}

/**
 * Whether a client may know nothing of it (ASVS V16.5.1): whatever a resolver threw that is neither a Refusal nor a
 * GraphQLError with a code of its own. A code on an error of another kind is somebody else's.
 */
export function isInternal(error: unknown): boolean {
  const original = unwrapResolverError(error);
  if (original instanceof Refusal || isUnusableArgument(original)) return false;
  if (isTooManyUnfitVariables(original)) return false;
  const code = original instanceof GraphQLError ? original.extensions['code'] : undefined;
  return code === undefined || code === INTERNAL;
}

/**
 * An argument that only the execution finds wrong, such as a variable that is null though its default is not: GraphQL
 * reports it without a code, and at the argument's value. It is the client's mistake like any other unfit value.
 */
function isUnusableArgument(original: unknown): boolean {
  if (!(original instanceof GraphQLError) || original.extensions['code'] !== undefined) return false;
  return original.nodes?.some(isValueNode) ?? false;
}

/** Whether the value of a variable does not fit its type. */
export function isUnfitVariable(original: unknown): original is GraphQLError {
  return original instanceof GraphQLError && original.nodes?.[0]?.kind === Kind.VARIABLE_DEFINITION;
}

/** The last of several errors about variables, of which GraphQL tells no more. */
function isTooManyUnfitVariables(original: unknown): boolean {
  if (!(original instanceof GraphQLError) || original.extensions['code'] !== undefined) return false;
  return original.message.startsWith('Too many errors processing variables');
}

/**
 * GraphQL repeats the whole value of an unfit variable, the password in it as well (ASVS V14.2.1: nothing secret where
 * errors are shown or collected). What is wrong, and where, is kept.
 */
function withoutValue({ message, originalError }: GraphQLError): string {
  const reason = originalError?.message;
  const [variable] = /^Variable "\$\w+"(?= got invalid value )/.exec(message) ?? [];
  if (variable === undefined || reason === undefined) return message;
  const place = placeAtEnd(message.slice(0, -`; ${reason}`.length));
  return `${variable} got an invalid value${place}; ${withoutValues(reason)}`;
}

/** Such as ` at "input.deviceName"`; a place has no blanks or quotes, unlike what a value could feign it with. */
function placeAtEnd(text: string): string {
  const place = text.slice(Math.max(0, text.lastIndexOf(' at "')));
  return /^ at "[\w.[\]]+"$/.test(place) ? place : '';
}

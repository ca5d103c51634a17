import Negotiator from 'negotiator';
import { RequestRefusal } from './request-refusal.ts';

/** As Apollo Server writes the types in which it answers; parameters take part in the negotiation. */
const ANSWER_TYPES = ['application/json; charset=utf-8', 'application/graphql-response+json; charset=utf-8'];

/**
 * Apollo Server looks at `Accept` when the operation has run: a client that takes neither type would read 406, and its
 * password would be changed nevertheless. So this asks before, and with the library that decides there.
 *
 * @throws RequestRefusal 406 (RFC 9110 §15.5.7)
 */
export function requireAcceptable(accept: string | undefined): void {
  if (accept === undefined || accept === '') return;
  if (new Negotiator({ headers: { accept } }).mediaType(ANSWER_TYPES) !== undefined) return;
  throw new RequestRefusal(
    406,
    'The Accept header takes neither application/json nor application/graphql-response+json.',
  );
}

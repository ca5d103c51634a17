import { LRUCache } from 'lru-cache';
import Negotiator from 'negotiator';
import { RequestRefusal } from './request-refusal.ts';

const JSON_ANSWER = 'application/json; charset=utf-8';

/** As Apollo Server writes the types in which it answers; parameters take part in the negotiation. */
export const ANSWER_TYPES = [JSON_ANSWER, 'application/graphql-response+json; charset=utf-8'];

/** What Apollo Server takes into the same negotiation, for its own router's subscriptions. */
const CALLBACK_TYPE = 'application/json; callbackSpec=1.0; charset=utf-8';

/** Of the headers that came last: to negotiate takes as long as to read a request, and clients all send the same few. */
const negotiated = new LRUCache<string, { readonly type: string | undefined }>({ max: 100 });

/**
 * Apollo Server looks at `Accept` when the operation has run: a client that takes neither type would read 406, and its
 * password would be changed nevertheless. So this asks before, and with the library that decides there.
 *
 * @returns the type that Apollo Server will answer in; undefined: it may be another one than ours
 * @throws RequestRefusal 406 (RFC 9110 §15.5.7)
 */
export function requireAcceptable(accept: string | undefined): string | undefined {
  if (accept === undefined || accept === '') return JSON_ANSWER;
  const known = negotiated.get(accept) ?? { type: negotiate(accept) };
  negotiated.set(accept, known);
  return known.type;
}

function negotiate(accept: string): string | undefined {
  const negotiator = new Negotiator({ headers: { accept } });
  if (negotiator.mediaType(ANSWER_TYPES) !== undefined) {
    const type = negotiator.mediaType([...ANSWER_TYPES, CALLBACK_TYPE]);
    return type === CALLBACK_TYPE ? undefined : type;
  }
  throw new RequestRefusal(
    406,
    'The Accept header takes neither application/json nor application/graphql-response+json.',
  );
}

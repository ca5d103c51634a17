import { notFound } from '../errors/refusal.ts';
import { isUuid } from '../tokens/uuid.ts';

/**
 * An id that a client sent. One of another form names nothing, and gets the answer that an unknown one gets.
 *
 * @throws Refusal NOT_FOUND
 */
export function parseId(what: string, text: string): string {
  const id = text.toLowerCase();
  if (!isUuid(id)) throw notFound(what);
  return id;
}

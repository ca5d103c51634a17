import type { ASTNode } from 'graphql';
import { documentError } from '../document-error.ts';

/**
 * What one document may ask for, every fragment counted as often as it is spread. By the defaults of graphql-armor where it
 * has one that fits. Of the honest documents GraphiQL's introspection query needs the most, 15 levels and 240 selections;
 * of this schema itself nothing is deeper than 5 levels.
 */
export const LIMITS = {
  /** Fields within fields. Only introspection can be deeper than 5, so fewer would refuse nothing more. */
  depth: { most: 15, code: 'MAX_DEPTH_EXCEEDED', what: 'fields within fields' },
  /** An alias of a field at the root is one more query of the database. */
  aliases: { most: 15, code: 'MAX_ALIASES_EXCEEDED', what: 'aliases' },
  directives: { most: 50, code: 'MAX_DIRECTIVES_EXCEEDED', what: 'directives' },
  /** The walk that counts ends here as well, and with it what doubling fragments cost. */
  selections: { most: 1_000, code: 'MAX_SELECTIONS_EXCEEDED', what: 'fields and fragments' },
  /** The same field at the same place again: GraphQL compares them pair by pair (CVE-2023-26144). */
  repetitions: { most: 100, code: 'MAX_REPETITIONS_EXCEEDED', what: 'fields that are selected again' },
  /** Values in the answer of one operation. The largest page of every list at once, each row in full, has 23,261. */
  cost: { most: 25_000, code: 'MAX_COST_EXCEEDED', what: 'values in its answer' },
} as const;

export type Limit = keyof typeof LIMITS;

/** @throws GraphQLError with the limit's code as `validationErrorCode`, when there are more */
export function requireWithin(limit: Limit, amount: number, node: ASTNode): void {
  const { most, code, what } = LIMITS[limit];
  if (amount > most) throw documentError(code, `The document asks for more than ${most} ${what}.`, node);
}

import type { ParseOptions } from 'graphql';

/**
 * What is refused while a document is read (SECURITY F2), by the defaults of graphql-armor: five times GraphiQL's
 * introspection query (184 tokens, 2,075 characters), which is the longest honest document by far.
 */
export const PARSE_OPTIONS: ParseOptions = { maxLexicalTokens: 1_000, maxSourceLength: 15_000 };

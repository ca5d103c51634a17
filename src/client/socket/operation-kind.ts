/** As the protocol sends it. */
interface Request {
  readonly query: string;
  readonly operationName?: string | null | undefined;
}

export type OperationKind = 'query' | 'mutation' | 'subscription';

/** What names no operation: comments and strings. */
const SILENT = /#[^\n\r]*|"""[\s\S]*?"""|"(?:\\.|[^"\\\n\r])*"/g;

/** From the inside: arguments, variables and selections. */
const NESTED = /\{[^{}()]*\}|\([^{}()]*\)/g;

/** The operation of a document that is run. No parser: it would be larger than the rest of this folder. */
export function operationKind({ query, operationName }: Request): OperationKind {
  const outline = outlineOf(query.replace(SILENT, ' '));
  const operations = outline.matchAll(/\b(query|mutation|subscription)\b\s*(\w*)/g);
  for (const [, kind, name] of operations)
    if (!operationName || name === operationName) return kind as OperationKind;
  return 'query';
}

/** `subscription Events` of `subscription Events($id: ID!) { … }`. */
function outlineOf(text: string): string {
  const outer = text.replace(NESTED, ' ');
  return outer === text ? text : outlineOf(outer);
}

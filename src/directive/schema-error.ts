/** The schema leaves something open, or says something that nobody obeys; the server does not start. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError';

  constructor(readonly problems: readonly string[]) {
    super(`The schema is not safe to serve:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  }
}

import { join } from 'node:path';
import { CHECKOUT, start } from '../support/processes.ts';

const EXAMPLE = join(CHECKOUT, 'examples/verify-with-jwks/server.mjs');

export interface RunningExample {
  /** What it says when it is ready. */
  readonly line: string;
  readonly url: string;
}

/** Runs `examples/verify-with-jwks/server.mjs` as its first comment says, on a free port. */
export async function startExample(env: NodeJS.ProcessEnv): Promise<RunningExample> {
  const example = start(process.execPath, [EXAMPLE], { env: { PORT: '0', ...env } });
  await example.until(() => example.stdout.endsWith('\n'));
  const line = example.stdout.trim();
  return { line, url: line.slice(line.lastIndexOf('http:')) };
}

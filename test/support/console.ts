import { join } from 'node:path';
import { readConsole } from '../../src/http/console-files.ts';

/**
 * Where the build puts the console; the set-up of the tests builds it. By the working directory, since the benchmark runs
 * this file as an ES module, where there is no `__dirname`.
 */
export const CONSOLE = join(process.cwd(), 'dist/console');

/** The path of the script that its page loads. */
export function consoleScript(): string {
  const found = [...readConsole(CONSOLE).keys()].find((path) => /^\/assets\/.*\.js$/.test(path));
  if (found === undefined) throw new Error('The console has no script.');
  return found;
}

import { join } from 'node:path';
import { ROOT } from '../program.ts';

/** @returns the compiled program of that name */
export function targetPath(name: string): string {
  return join(ROOT, '.build-bench/bench/targets', `${name}.js`);
}

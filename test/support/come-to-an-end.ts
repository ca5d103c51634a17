import { runInNewContext } from 'node:vm';

/**
 * What the work comes to; a run that would take minutes is stopped, and fails. No measure of time: what it takes to go once
 * over a million characters is a thousandth of it.
 */
export function comeToAnEnd<T>(work: () => T): T {
  return runInNewContext('work()', { work }, { timeout: 20_000 });
}

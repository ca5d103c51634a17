/**
 * Prints how many tests each jest report counts, a line for each, and fails unless all of them ran and passed:
 * node scripts/count-tests.mjs NAME=REPORT.json …
 */
import { existsSync, readFileSync } from 'node:fs';

for (const argument of process.argv.slice(2)) {
  const [name, path] = argument.split('=');
  const problems = existsSync(path)
    ? count(name, JSON.parse(readFileSync(path, 'utf8')))
    : ['there is no report'];
  if (problems.length === 0) continue;
  process.stderr.write(`${name}: ${problems.join(', ')}\n`);
  process.exitCode = 1;
}

/** @returns what is wrong */
function count(name, report) {
  const { numPassedTests: passed, numFailedTests: failed } = report;
  const skipped = report.numPendingTests + report.numTodoTests;
  process.stdout.write(`${name}: ${passed} passed, ${failed} failed, ${skipped} skipped\n`);
  return [
    // A suite that could not even be loaded counts no failed test.
    report.numTotalTestSuites === report.numPassedTestSuites || 'not every suite passed',
    passed > 0 || 'no test ran',
    failed === 0 || 'tests failed',
    skipped === 0 || 'tests were skipped',
  ].filter((problem) => problem !== true);
}

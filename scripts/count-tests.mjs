/**
 * Prints how many tests a jest report counts, on a line of their own, and fails unless all of them ran and passed:
 * node scripts/count-tests.mjs REPORT.json
 */
import { readFileSync } from 'node:fs';

const report = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const { numPassedTests: passed, numFailedTests: failed } = report;
const skipped = report.numPendingTests + report.numTodoTests;

process.stdout.write(`Tests: ${passed} passed, ${failed} failed, ${skipped} skipped\n`);

// A suite that could not even be loaded counts no failed test.
const problems = [
  report.numTotalTestSuites === report.numPassedTestSuites || 'not every suite passed',
  passed > 0 || 'no test ran',
  failed === 0 || 'tests failed',
  skipped === 0 || 'tests were skipped',
].filter((problem) => problem !== true);

if (problems.length > 0) {
  process.stderr.write(`${problems.join(', ')}\n`);
  process.exitCode = 1;
}

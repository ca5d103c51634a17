const { default: TestRunner } = require('jest-runner');

/**
 * Runs its test files one after another. Each of them loads the whole machine by itself, with processes and thousands of
 * requests of its own; beside one another they would only show that the machine is small.
 */
module.exports = class OneByOne extends TestRunner {
  constructor(globalConfig, context) {
    super({ ...globalConfig, maxWorkers: 1 }, context);
  }
};

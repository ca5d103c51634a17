const { default: TestRunner } = require('jest-runner');

/** Runs two of its test files at a time: each has enough requests under way for a processor of its own, and no more. */
module.exports = class TwoByTwo extends TestRunner {
  constructor(globalConfig, context) {
    super({ ...globalConfig, maxWorkers: 2 }, context);
  }
};

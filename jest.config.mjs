/** Packages that ship ES modules only; jest runs CommonJS, so swc translates them. */
const esModules = ['jose', 'uuid', 'p-limit', 'yocto-queue', 'oauth4webapi'];

/** Suites that load the machine by themselves: they kill processes, and judge what is left by the clock. */
const faults = ['/test/faults/.*[.]test[.]ts$'];

/** They flood and race, which two of them can do beside one another, and suites that wait for an answer beside none. */
const floods = [
  '/test/concurrency/.*[.]test[.]ts$',
  '/test/oauth/feed-subscribers[.]test[.]ts$',
  '/test/abuse/(flat-memory|guessing-[^/]*|login-flood)[.]test[.]ts$',
];

const common = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  transform: {
    '\\.[cm]?[jt]sx?$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          target: 'es2023',
        },
        module: { type: 'commonjs' },
      },
    ],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${esModules.join('|')})/)`],
};

export default {
  testTimeout: 30_000,
  // More than there are processors on a small machine: most suites wait for a server half of their time.
  maxWorkers: 3,
  // Module graphs of finished files stay on the heap; beyond this size collecting them costs more than a new worker.
  workerIdleMemoryLimit: '1GB',
  projects: [
    {
      ...common,
      testRegex: '[.]test[.]ts$',
      testPathIgnorePatterns: ['/node_modules/', ...faults, ...floods],
    },
    { ...common, testRegex: faults, runner: '<rootDir>/test/support/one-by-one.cjs' },
    { ...common, testRegex: floods, runner: '<rootDir>/test/support/two-by-two.cjs' },
  ],
};

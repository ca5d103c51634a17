/**
 * The import rules: src/ is a stack of folders, and imports point down only (DESIGN, where things live).
 * Type-only imports count like any other.
 */

/** From low to high. A folder may import those before it. */
const stack = [
  'errors',
  'settings',
  'paging',
  'audit',
  'keys',
  'tokens',
  'revocation',
  'accounts',
  'sessions',
  'activity',
  'lifecycle',
  'guard',
  'directive',
  'graphql',
  'http',
  'sockets',
  'metrics',
  'storage',
  'cli',
];

/** What runs in a browser: beside the stack, and no server code. */
const browser = ['client', 'console'];

/** What starts the server; it may see every folder. */
const programs = '^src/(main|composition|core|services|listeners|banner)[.]ts$|^ormconfig[.]ts$';

const upwardImports = stack.slice(0, -1).map((folder, index) => ({
  name: `not-upwards-from-${folder}`,
  comment: `src/${folder}/ may import only: ${stack.slice(0, index).join(', ') || 'nothing of src/'}.`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: { path: [...stack.slice(index + 1).map((higher) => `^src/${higher}/`), programs] },
}));

/** Beside the programs, src/ itself holds only what every folder may use. */
const commonFiles = {
  name: 'common-files-stay-low',
  comment: 'A file of src/ itself may import errors/ and settings/ only, unless it is one of the programs.',
  severity: 'error',
  from: { path: '^src/[^/]+$', pathNot: programs },
  to: { path: ['^src/[^/]+/', programs], pathNot: '^src/(errors|settings)/' },
};

const knownFolder = `^src/(${[...stack, ...browser].join('|')})/`;

function only(name, comment, places, target) {
  return { name, comment, severity: 'error', from: { pathNot: places }, to: { path: target } };
}

module.exports = {
  forbidden: [
    ...upwardImports,
    commonFiles,
    {
      name: 'client-alone',
      comment: 'src/client/ is for browsers and native apps: it knows no server code and no framework.',
      severity: 'error',
      from: { path: '^src/client/' },
      to: { path: '^src/', pathNot: '^src/client/' },
    },
    {
      name: 'server-without-browser',
      comment: 'The server hands the console out as files; it imports nothing of what runs in a browser.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(client|console)/' },
      to: { path: '^src/(client|console)/' },
    },
    only(
      'storage-behind-ports',
      'Only the composition, the commands and ormconfig.ts know the storage; everybody else knows its ports.',
      '^src/(storage|cli)/|^src/(composition|core|services)[.]ts$|^ormconfig[.]ts$',
      '^src/storage/',
    ),
    only(
      'typeorm-in-storage',
      'TypeORM lives in storage/ only.',
      '^src/storage/|^ormconfig[.]ts$|node_modules',
      '(^|/)node_modules/typeorm/',
    ),
    only(
      'type-graphql-in-graphql',
      'type-graphql lives in graphql/ only.',
      '^src/graphql/|node_modules',
      '(^|/)node_modules/type-graphql/',
    ),
    only(
      'websockets-in-sockets',
      'ws and graphql-ws live in sockets/ only.',
      '^src/sockets/|^src/(client|console)/|node_modules',
      '(^|/)node_modules/(ws|graphql-ws)/',
    ),
    only(
      'prom-client-in-metrics',
      'prom-client lives in metrics/ only; others tell a listener of theirs.',
      '^src/metrics/|node_modules',
      '(^|/)node_modules/prom-client/',
    ),
    {
      name: 'known-folder',
      comment: 'A new folder of src/ needs its place in the stack of this file.',
      severity: 'error',
      from: { path: '^src/[^/]+/', pathNot: knownFolder },
      to: {},
    },
    {
      name: 'known-imported-folder',
      comment: 'A new folder of src/ needs its place in the stack of this file.',
      severity: 'error',
      from: {},
      to: { path: '^src/[^/]+/', pathNot: knownFolder },
    },
    {
      name: 'no-cycle',
      comment: 'Files that import one another cannot be understood, or tested, one by one.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphan',
      comment: 'A file that nothing imports and that imports nothing.',
      severity: 'error',
      from: { orphan: true, pathNot: '[.]d[.]ts$' },
      to: {},
    },
    {
      name: 'resolvable',
      comment: 'An import that leads nowhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'declared-dependency',
      comment: 'What runs is listed under dependencies in package.json.',
      severity: 'error',
      from: { path: '^(src|bin)/|^ormconfig[.]ts$', pathNot: '^src/(client|console)/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
  ],
  options: {
    // TypeScript 7 has no JavaScript API; swc reads the sources as they are and sees type-only imports too.
    parser: 'swc',
    tsPreCompilationDeps: true,
    // swc is asked without JSX here; imports.test.ts holds the console's rule.
    exclude: { path: '^src/console/' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};

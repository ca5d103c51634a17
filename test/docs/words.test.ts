import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { AUDIT_EVENT_TYPES } from '../../src/audit/event.ts';
import {
  type RefusalCode,
  SESSION_END_REASONS,
  type UnauthenticatedReason,
} from '../../src/errors/refusal.ts';
import { loadSettings } from '../../src/settings/load.ts';
import { codes, fencedBlocks, pages, ROOT, readText, tableRows } from './markdown.ts';

/** The compiler keeps both complete. */
const REFUSAL_CODES: Record<RefusalCode, true> = {
  UNAUTHENTICATED: true,
  FORBIDDEN: true,
  REAUTHENTICATION_REQUIRED: true,
  INVALID_CREDENTIALS: true,
  RATE_LIMITED: true,
  BAD_USER_INPUT: true,
  SESSION_LIMIT: true,
  NOT_FOUND: true,
  UNAVAILABLE: true,
};
const REASONS: Record<UnauthenticatedReason, true> = {
  MISSING: true,
  INVALID: true,
  EXPIRED: true,
  SESSION_ENDED: true,
  STALE: true,
};

function firstCells(path: string, section: string): string[] {
  return tableRows(path, section).flatMap(([cell = '']) => codes(cell));
}

function sourceFiles(): string[] {
  const names = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.ts')).map((name) => join('src', name));
}

function sources(): string {
  return sourceFiles().map(readText).join('\n');
}

/** The fields that are passed to a file which judges several. */
const FIELDS_OF: Readonly<Record<string, readonly string[]>> = {
  'src/accounts/label.ts': ['displayName', 'deviceName', 'reason'],
  'src/accounts/password-policy.ts': ['password', 'newPassword'],
  'src/graphql/types/filters.ts': ['userId', 'sessionId'],
};

describe('docs/errors.md', () => {
  it('has every code that a client can meet, and no other', () => {
    expect(firstCells('docs/errors.md', 'Codes').sort()).toEqual(
      [...Object.keys(REFUSAL_CODES), 'INTERNAL_SERVER_ERROR'].sort(),
    );
  });

  it('has the reasons in the order in which they are checked', () => {
    const rows = firstCells('docs/errors.md', 'Reasons of `UNAUTHENTICATED`');
    expect(rows).toEqual(Object.keys(REASONS));
  });

  it('has every problem of every field', () => {
    const inCode = sourceFiles().flatMap((name) =>
      [...readText(name).matchAll(/badUserInput\(\s*(?:'(\w+)'|field),\s*'([A-Z_]+)'/g)].map(
        ([, field, problem]) => ({ fields: field === undefined ? FIELDS_OF[name] : [field], problem }),
      ),
    );
    const documented = tableRows('docs/errors.md', 'Problems of `BAD_USER_INPUT`').flatMap(
      ([fields = '', problems = '']) =>
        codes(fields).flatMap((field) => codes(problems).map((problem) => `${field} ${problem}`)),
    );
    expect(inCode.length).toBeGreaterThan(8);
    for (const { fields = [], problem } of inCode) {
      expect(fields).not.toEqual([]);
      for (const name of fields) expect(documented).toContain(`${name} ${problem}`);
    }
  });
});

describe('docs/sessions.md', () => {
  it('tells of every reason for which a session ends', () => {
    expect(firstCells('docs/sessions.md', 'How a session ends').sort()).toEqual(
      [...SESSION_END_REASONS].sort(),
    );
  });
});

describe('docs/administration.md', () => {
  it('tells of every event of the security log', () => {
    expect(firstCells('docs/administration.md', 'The security log').sort()).toEqual(
      [...AUDIT_EVENT_TYPES].sort(),
    );
  });

  it.each(['SessionFilter', 'AuditEventFilter'])('tells of every condition of %s', (name) => {
    const [, body = ''] =
      new RegExp(`^input ${name} \\{(.*?)^\\}`, 'ms').exec(readText('schema.graphql')) ?? [];
    const fields = [...body.matchAll(/^ {2}(\w+):/gm)].flatMap(([, field]) => field ?? []);
    const documented = [...readText('docs/administration.md').matchAll(/^\| (`.*?`) \|/gm)];
    expect(fields.length).toBeGreaterThan(3);
    expect(documented.flatMap(([, cell = '']) => codes(cell))).toEqual(expect.arrayContaining(fields));
  });
});

describe('docs/operations.md', () => {
  it('shows what a start with wrong settings says', () => {
    const shown = fencedBlocks(readText('docs/operations.md')).find(({ text }) =>
      text.startsWith('portcullis: '),
    );
    const start = () => loadSettings({ NODE_ENV: 'production' });
    expect(start).toThrow(shown?.text.replace('portcullis: ', '').trim());
  });
});

describe('docs/operations.md, Production', () => {
  it('shows settings with which the server starts', () => {
    const rows = tableRows('docs/operations.md', 'Production').map(([name = '', value = '']) => [
      codes(name)[0] ?? '',
      codes(value)[0] ?? '',
    ]);
    const shown = Object.fromEntries(rows);
    const settings = loadSettings({
      ...shown,
      PORTCULLIS_SECRET: randomBytes(32).toString('base64'),
      BOOTSTRAP_ADMIN_PASSWORD: 'sunlit-otter-parade',
    });
    expect(settings).toMatchObject({ mode: 'production', issuer: shown['ISSUER'], trustProxy: 1 });
  });
});

describe('CONTRIBUTING.md', () => {
  it('has every folder of src/ on its map, and no other', () => {
    const folders = readdirSync(join(ROOT, 'src'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => `src/${name}/`);
    const mapped = firstCells('CONTRIBUTING.md', 'The map of the house').filter((name) =>
      /^src\/.*\/$/.test(name),
    );
    expect(mapped.sort()).toEqual(folders.sort());
  });
});

describe('CHANGELOG.md', () => {
  it('has the version of the package', () => {
    const { version } = JSON.parse(readText('package.json')) as { version: string };
    expect(readText('CHANGELOG.md')).toContain(`\n## [${version}]`);
  });
});

/** Of Apollo Server, of the tests, of MySQL, of Node. */
const FOREIGN = [
  'AFTER_SYNC',
  'BEFORE_ON_PRIMARY_FAILOVER',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'TEST_MYSQL_URL',
  'FUZZ_SEED',
  'FUZZ_RUNS',
  'FAULT_SEED',
  'FAULT_EPISODES',
  'FIELD_DEFINITION',
  'NODE_OPTIONS',
  // Of an example.
  'CLIENT_ID',
  'CLIENT_SECRET',
];

it.each(pages())('%s names no setting, code or event that is not there', (page) => {
  const known = `${sources()}\n${readText('docker-compose.yml')}`;
  const named = [...readText(page).matchAll(/\b[A-Z]+(?:_[A-Z]+)+\b/g)].map(([word]) => word);
  expect(named.filter((word) => !FOREIGN.includes(word) && !known.includes(word))).toEqual([]);
});

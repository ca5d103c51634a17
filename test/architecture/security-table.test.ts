import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '../..');

interface Row {
  readonly id: string;
  readonly state: string;
  readonly tests: readonly string[];
}

function rows(): Row[] {
  const table = readFileSync(join(root, 'docs/security.md'), 'utf8');
  return [...table.matchAll(/^\| ([A-I]\d{1,2}) \|(.*)\|(.*)\|(.*)\|$/gm)].map(
    ([, id = '', , state = '', tests = '']) => ({
      id,
      state: state.trim(),
      tests: [...tests.matchAll(/`([^`]+)`/g)].flatMap((match) => match[1] ?? []),
    }),
  );
}

/** The ids with which titles, and the names of cases, begin: `'C2 is reuse …'`, `'B4, B10 refuses …'`, `'B1'`. */
function idsIn(text: string): string[] {
  const titles = text.matchAll(/['"`]((?:[A-I]\d{1,2}, )*[A-I]\d{1,2})(?=[ '"`])/g);
  return [...titles].flatMap(([, ids = '']) => ids.split(', '));
}

const files = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts') && name !== 'architecture/security-table.test.ts')
  .map((name) => ({ name, ids: new Set(idsIn(readFileSync(join(root, 'test', name), 'utf8'))) }));

describe('docs/security.md', () => {
  it('has every row once, in order', () => {
    const sizes = { A: 14, B: 12, C: 12, D: 6, E: 9, F: 6, G: 4, H: 5, I: 12 };
    const expected = Object.entries(sizes).flatMap(([letter, size]) =>
      Array.from({ length: size }, (_, index) => `${letter}${index + 1}`),
    );
    expect(rows().map(({ id }) => id)).toEqual(expected);
  });

  it('says of each row whether it is shown, shown in part, or not yet', () => {
    const odd = rows().filter(({ state }) => !/^(shown|not yet|in part: .+)$/.test(state));
    expect(odd).toEqual([]);
  });

  it('names, for what is shown, tests that name the row', () => {
    const claimed = rows().filter(({ state }) => state !== 'not yet');
    expect(claimed.length).toBeGreaterThan(30);
    expect(claimed.filter(({ tests }) => tests.length === 0)).toEqual([]);
    const missing = rows().flatMap(({ id, tests }) =>
      tests
        .filter(
          (test) =>
            !existsSync(join(root, 'test', test)) || !files.some((f) => f.name === test && f.ids.has(id)),
        )
        .map((test) => `${id} ${test}`),
    );
    expect(missing).toEqual([]);
  });

  it('has every row that a test names, and not as one to come', () => {
    const shown = rows().flatMap(({ id, state }) => (state === 'not yet' ? [] : [id]));
    const named = files.flatMap(({ name, ids }) => [...ids].map((id) => ({ id, name })));
    expect(named.length).toBeGreaterThan(30);
    expect(named.filter(({ id }) => !shown.includes(id))).toEqual([]);
  });
});

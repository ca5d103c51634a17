import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const source = join(__dirname, '../../src');

/** dependency-cruiser, which holds the other import rules, does not see `import('…').Type`. */
it('types are imported by import declarations', () => {
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  const hidden = files.filter((name) =>
    /(?<!await )\bimport\(/.test(readFileSync(join(source, name), 'utf8')),
  );
  expect(files.length).toBeGreaterThan(10);
  expect(hidden).toEqual([]);
});

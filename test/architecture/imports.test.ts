import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

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

/** dependency-cruiser does not read JSX. */
it('the console knows the server through the client only', () => {
  const folder = join(source, 'console');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /[.]tsx?$/.test(name),
  );
  const imported = files.flatMap((name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    const paths = [...text.matchAll(/(?:from|import)\s+'([.][^']*)'/g)].map(([, path = '']) => path);
    return paths.map((path) => relative(source, join(folder, dirname(name), path)));
  });
  expect(imported.length).toBeGreaterThan(10);
  expect(imported.filter((path) => !/^(console|client)[/]/.test(path))).toEqual([]);
});

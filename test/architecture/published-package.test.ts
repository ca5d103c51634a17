import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ROOT } from '../docs/markdown.ts';
import { newFolder, start, withProcesses } from '../support/processes.ts';

/** What may lie about in a maintainer's checkout at the moment of `npm publish`. */
const STRAYS = [
  '.env',
  'data/portcullis.sqlite',
  'data/portcullis.sqlite.secret',
  'docs/portcullis.sqlite',
  'docs/.env',
  'bin/.env',
  'dist/notes.txt',
  'notes.log',
];
const SECRET = 'a secret that was left lying about';

/** Of somebody who has the package. */
const PROGRAM = `
import { type Hooks, startPortcullis } from 'portcullis';

const hooks: Hooks = { claims: ({ user }) => ({ domain: user.email.split('@')[1] }) };
const { url, stop } = await startPortcullis({ settings: { LOG_LEVEL: 'warn' }, hooks });
process.stdout.write(await (await fetch(url)).text());
await stop();
`;

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

/** A copy of this checkout, with the strays in it, packed as a release is; returns the folder that a user would get. */
function packed(): string {
  const checkout = newFolder();
  for (const name of readdirSync(ROOT).filter((entry) => !/^(\.git|\.build.*|node_modules)$/.test(entry)))
    cpSync(join(ROOT, name), join(checkout, name), { recursive: true });
  for (const stray of STRAYS) {
    mkdirSync(join(checkout, stray, '..'), { recursive: true });
    writeFileSync(join(checkout, stray), SECRET);
  }
  const options = ['--json', '--ignore-scripts', '--pack-destination', checkout];
  const answer = execFileSync('npm', ['pack', ...options], {
    cwd: checkout,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [{ filename }] = JSON.parse(answer.toString());
  const folder = newFolder();
  execFileSync('tar', ['-xzf', join(checkout, filename), '-C', folder]);
  return join(folder, 'package');
}

describe('the published package', () => {
  withProcesses();
  let folder: string;
  beforeAll(() => {
    folder = packed();
  }, 60_000);

  it('holds what runs, the schema and the pages, and nothing else: no source, test, data, secret', () => {
    const sources = filesBelow(join(ROOT, 'src')).filter((name) => !/^console\/|\.json$/.test(name));
    const compiled = sources.flatMap((name) =>
      ['.js', '.js.map', '.d.ts'].map((ending) => `dist/src/${name.replace(/\.ts$/, ending)}`),
    );
    const bundled = filesBelow(join(ROOT, 'dist/console')).map((name) => `dist/console/${name}`);
    expect(bundled).toContain('dist/console/index.html');
    expect(bundled.filter((name) => /\.(tsx?|map)$/.test(name))).toEqual([]);
    const pages = readdirSync(join(ROOT, 'docs')).filter((name) => /[.](md|json)$/.test(name));
    const loose = ['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json', 'schema.graphql'];
    const documents = pages.map((name) => `docs/${name}`);
    const expected = [...loose, 'bin/portcullis.js', ...documents, ...compiled, ...bundled];
    expect(compiled.length).toBeGreaterThan(300);
    expect(filesBelow(folder).sort()).toEqual(expected.sort());
  });

  it('names nothing of the machine that packed it, and holds no stray in any file', () => {
    const text = filesBelow(folder).map((name) => readFileSync(join(folder, name), 'latin1'));
    expect(text.filter((each) => each.includes(SECRET) || each.includes(ROOT))).toEqual([]);
  });

  it('is complete: its program runs from it alone', async () => {
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    const program = join(folder, 'bin/portcullis.js');
    const run = (...args: string[]) => start(process.execPath, [program, ...args]).outcome();
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect(await run('--version')).toMatchObject({ status: 0, stdout: `${version}\n`, stderr: '' });
    expect(await run('migrate')).toMatchObject({ status: 0 });
    const server = start(process.execPath, [program, 'serve'], { env: { PORT: '0' } });
    const page = await (await fetch(await server.ready())).text();
    expect(page).toBe(readFileSync(join(folder, 'dist/console/index.html'), 'utf8'));
    server.kill();
    expect(await server.outcome()).toMatchObject({ status: 0 });
  });

  it('is a library as well: a program starts it, typed, and it ends', async () => {
    const program = newFolder();
    mkdirSync(join(program, 'node_modules'));
    symlinkSync(folder, join(program, 'node_modules/portcullis'));
    writeFileSync(join(program, 'main.mts'), PROGRAM);
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    const options = '--strict --module nodenext --target es2023 --types node --typeRoots'.split(' ');
    const compile = [tsc, 'main.mts', ...options, join(ROOT, 'node_modules/@types')];
    const inIt = { cwd: program, env: { PORT: '0' } };
    expect(await start(process.execPath, compile, inIt).outcome()).toMatchObject({ status: 0, stdout: '' });
    expect(await start(process.execPath, ['main.mjs'], inIt).outcome()).toMatchObject({
      status: 0,
      stdout: readFileSync(join(folder, 'dist/console/index.html'), 'utf8'),
      stderr: '',
    });
  });

  it('does not start without its console, makes nothing, and says what is missing', async () => {
    rmSync(join(folder, 'dist/console'), { recursive: true });
    const [cwd, program] = [newFolder(), join(folder, 'bin/portcullis.js')];
    const outcome = await start(process.execPath, [program, 'serve'], { cwd, env: { PORT: '0' } }).outcome();
    expect(outcome).toMatchObject({ status: 1, stdout: '' });
    const page = join(folder, 'dist/console/index.html');
    expect(outcome.stderr).toBe(
      `portcullis: The console is not built: there is no ${page}. Run npm run build.\n`,
    );
    expect(readdirSync(cwd)).toEqual([]);
  });
});

import { execFile } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(__dirname, '../..');

/** The least that there is to build beside the server. */
const BROWSER = {
  'src/client/index.ts': 'export const client = 1;\n',
  'src/client/socket/index.ts': 'export const socket = 1;\n',
  'src/console/index.html': '<!doctype html><script type="module" src="./main.ts"></script>\n',
  'src/console/main.ts': 'document.title = "one";\n',
};

/** A checkout with one source file, whose program prints its word and its arguments. */
function makeCheckout(): string {
  const checkout = mkdtempSync(join(tmpdir(), 'portcullis-build-'));
  for (const name of ['bin', 'scripts', 'package.json', 'package-lock.json', 'tsconfig.json']) {
    cpSync(join(root, name), join(checkout, name), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(checkout, 'node_modules'));
  writeFileSync(join(checkout, 'ormconfig.ts'), 'export {};\n');
  for (const folder of ['cli', 'client/socket', 'console'])
    mkdirSync(join(checkout, 'src', folder), { recursive: true });
  for (const name of ['src/client/tsconfig.json', 'src/console/vite.config.ts'])
    cpSync(join(root, name), join(checkout, name));
  for (const [name, text] of Object.entries(BROWSER)) writeFileSync(join(checkout, name), text);
  return checkout;
}

describe('the program in a checkout', () => {
  const checkout = makeCheckout();
  afterAll(() => rmSync(checkout, { recursive: true }));

  function write(text: string): void {
    writeFileSync(join(checkout, 'src/cli/portcullis.ts'), text);
  }

  function run(...args: string[]): Promise<{ stdout: string; stderr: string }> {
    return promisify(execFile)(process.execPath, [join(checkout, 'bin/portcullis.js'), ...args], {
      cwd: tmpdir(),
    });
  }

  const page = () => readFileSync(join(checkout, 'dist/console/index.html'), 'utf8');
  const program = (word: string) => `console.log('${word}', ...process.argv.slice(2));\n`;

  it('is built at the first run, with stdout left to the command', async () => {
    write(program('one'));
    expect(await run('serve')).toEqual({
      stdout: 'one serve\n',
      stderr: expect.stringContaining('Building'),
    });
  });

  it('is not built again while nothing has changed', async () => {
    expect(await run('serve')).toEqual({ stdout: 'one serve\n', stderr: '' });
  });

  it('has its client and its console beside it, whose page loads a file that is named by its content', async () => {
    expect(readFileSync(join(checkout, 'dist/src/client/index.js'), 'utf8')).toContain('client = 1');
    const [, script = ''] = /src="\/(assets\/[\w-]+\.js)"/.exec(page()) ?? [];
    expect(readFileSync(join(checkout, 'dist/console', script), 'utf8')).toContain('one');
    const before = page();
    writeFileSync(join(checkout, 'src/console/main.ts'), 'document.title = "two";\n');
    expect((await run()).stderr).toContain('Building');
    expect(page()).not.toBe(before);
  });

  it('is built once more after a change, by processes that start at once too', async () => {
    write(program('two'));
    const runs = await Promise.all([run(), run(), run()]);
    expect(runs.map((each) => each.stdout)).toEqual(['two\n', 'two\n', 'two\n']);
    expect((await run()).stderr).toBe('');
  });

  it('is not run stale when it does not compile, and nothing is left behind', async () => {
    write('export const port: number = "no number";\n');
    await expect(run()).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('TS2322'),
    });
    expect(readdirSync(checkout).filter((name) => name.startsWith('.build'))).toEqual([]);
    write(program('two'));
    expect(await run()).toEqual({ stdout: 'two\n', stderr: '' });
  });
});

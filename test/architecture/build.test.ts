import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(__dirname, '../..');

const settings = ['package.json', 'package-lock.json', 'tsconfig.json'];

/** A checkout whose server is one source file, whose program prints its word and its arguments. */
function makeCheckout(): string {
  const checkout = mkdtempSync(join(tmpdir(), 'portcullis-build-'));
  for (const name of ['bin', 'scripts', 'src/client', 'src/console', ...settings]) {
    cpSync(join(root, name), join(checkout, name), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(checkout, 'node_modules'));
  writeFileSync(join(checkout, 'ormconfig.ts'), 'export {};\n');
  mkdirSync(join(checkout, 'src/cli'), { recursive: true });
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

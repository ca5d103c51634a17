import { cpSync, existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKOUT, newFolder, start, withProcesses } from '../support/processes.ts';

const RESOLVERS = 'dist/src/graphql/resolvers/session-resolver.js';

/** The built program in a folder of its own, one line of a resolver changed as a slip of the hand would. */
function programWith(right: string, wrong: string): string {
  const folder = newFolder();
  for (const name of ['dist', 'package.json'])
    cpSync(join(CHECKOUT, name), join(folder, name), { recursive: true });
  symlinkSync(join(CHECKOUT, 'node_modules'), join(folder, 'node_modules'));
  const path = join(folder, RESOLVERS);
  const code = readFileSync(path, 'utf8');
  expect(code).toContain(right);
  writeFileSync(path, code.replace(right, wrong));
  return folder;
}

function serve(program: string, cwd: string) {
  const env = { PORT: '0', DATABASE_URL: 'sqlite:own.sqlite' };
  return start(process.execPath, [join(program, 'dist/src/cli/portcullis.js'), 'serve'], { cwd, env });
}

describe('G1 the server process', () => {
  withProcesses();

  it.each([
    [
      'a mistyped directive',
      "Directive('@auth')",
      "Directive('@atuh')",
      'Unknown directive "@atuh". (me: User! @atuh)',
    ],
    [
      'a mistyped argument',
      "'@auth(requires: ADMIN)'",
      "'@auth(role: ADMIN)'",
      'Unknown argument "role" on directive "@auth"',
    ],
    [
      'a mistyped role',
      "'@auth(requires: ADMIN)'",
      "'@auth(requires: ADMNI)'",
      'Mutation.revokeAllForUser: Argument "requires"',
    ],
  ])('does not start with %s', async (_what, right, wrong, problem) => {
    const cwd = newFolder();
    const { status, signal, stdout, stderr } = await serve(programWith(right, wrong), cwd).outcome();
    expect({ status, signal, stdout }).toEqual({ status: 1, signal: null, stdout: '' });
    expect(stderr).toContain(problem);
    // Nothing was begun that the next start would have to know of, such as an admin whose password nobody saw.
    expect(existsSync(join(cwd, 'own.sqlite'))).toBe(false);
  });

  it('starts with the directives as they are', async () => {
    const cwd = newFolder();
    const child = serve(programWith("Directive('@auth')", "Directive('@auth')"), cwd);
    const url = await child.ready();
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    child.kill();
    expect(await child.outcome()).toMatchObject({ status: 0 });
  });
});

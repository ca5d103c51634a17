import { startExample } from '../examples/start-example.ts';
import { CHECKOUT, newFolder, start, startServe, withProcesses } from '../support/processes.ts';
import { type Block, blocksIn } from './markdown.ts';
import { Unvarying } from './unvarying.ts';

const START_EXAMPLE = 'node examples/verify-with-jwks/server.mjs\n';

/** A command of the README, and what it is shown to print. */
interface Step {
  readonly command: string;
  readonly shown: Block | undefined;
}

function stepsIn(section: string): Step[] {
  const blocks = blocksIn('README.md', section);
  return blocks.flatMap((block, index) => {
    const next = blocks[index + 1];
    const shown = next !== undefined && /^(json|text)$/.test(next.language) ? next : undefined;
    return block.language === 'sh' ? [{ command: block.text, shown }] : [];
  });
}

const MARK = '--- end of the command ---';

/** Runs the commands in one shell, as a reader would, and returns what each printed. */
async function inShell(commands: readonly string[], cwd: string): Promise<string[]> {
  const npx = `npx() { shift; '${process.execPath}' '${CHECKOUT}/bin/portcullis.js' "$@"; }`;
  const script = [npx, ...commands.map((command) => `${command}\necho; echo '${MARK}'\n`)].join('\n');
  const shell = start('bash', ['--norc', '-eo', 'pipefail', '-c', script], { cwd });
  const { status, stdout, stderr } = await shell.outcome();
  if (status !== 0) throw new Error(`${stdout}\n${stderr}`);
  return stdout.split(`\n${MARK}\n`).slice(0, -1);
}

describe('README.md', () => {
  withProcesses();

  it('shows what the server and the commands print', async () => {
    const folder = newFolder();
    const server = startServe({ cwd: folder });
    const { port, host } = new URL(await server.ready());
    const example = await startExample({ ISSUER: `http://localhost:${port}` });
    const [, password = ''] = /Password +(\S+)/.exec(server.stdout) ?? [];

    const asTyped = (command: string) =>
      command
        .replaceAll('127.0.0.1:4000', host)
        .replaceAll('127.0.0.1:5000', new URL(example.url).host)
        .replaceAll('the password that the server showed', password);
    const asShown = (text: string) =>
      text.replaceAll(example.url, 'http://127.0.0.1:5000').replaceAll(`:${port}`, ':4000');

    const sections = ['Two devices, one ends the other', 'Verify a token in another service', 'Command line'];
    const all = sections.flatMap(stepsIn);
    const steps = all.filter(({ command }) => command !== START_EXAMPLE);
    const outputs = await inShell(
      steps.map(({ command }) => asTyped(command)),
      folder,
    );

    const [inReadme, inThisRun] = [new Unvarying(), new Unvarying()];
    const compared = steps.flatMap(({ command, shown }, index) => {
      if (shown === undefined) return [];
      const expected = inReadme.output(shown.text, shown.language);
      return [{ command, expected, printed: inThisRun.output(outputs[index] ?? '', shown.language) }];
    });
    expect(compared.length).toBe(10);
    for (const { command, expected, printed } of compared) {
      expect({ command, output: printed }).toEqual({ command, output: expected });
    }

    const [banner] = stepsIn('Start').map(({ shown }) => shown?.text.trim() ?? '');
    expect(new Unvarying().text(asShown(server.stdout))).toContain(new Unvarying().text(banner ?? ''));
    const [ready] = all
      .filter(({ command }) => command === START_EXAMPLE)
      .map(({ shown }) => shown?.text.trim());
    expect(asShown(example.line)).toBe(ready);
  }, 60_000);
});

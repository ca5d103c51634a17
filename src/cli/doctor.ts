import { type Command, InvalidArgumentError } from 'commander';
import { CommandFailure } from './command-failure.ts';
import type { Finding } from './doctor/finding.ts';
import { printJson, printText } from './print.ts';

interface Options {
  readonly url?: string;
  readonly json?: true;
}

export function addDoctor(portcullis: Command): void {
  portcullis
    .command('doctor')
    .description(
      'Tell what is wrong with settings, database and server, and how to mend it; changes nothing.',
    )
    .option('--url <url>', 'look at a running server as well, through what stands in front of it', parseUrl)
    .option('--json', 'print JSON: a list of {"level", "subject", "what", "mend"}')
    .addHelpText(
      'after',
      `
Run it as the user and with the environment of the server. The exit status is 1
when there is a problem; warnings alone are 0.

Examples:
  portcullis doctor
  portcullis doctor --url https://auth.example.com
  portcullis doctor --json | jq -r '.[] | select(.level != "ok") | .what'`,
    )
    .action(doctor);
}

async function doctor({ url, json }: Options): Promise<void> {
  // Loaded here, and so only by the command that needs it: the help should not wait for a server.
  const { examine } = await import('./doctor/examine.ts');
  const findings = await examine(process.env, url);
  if (json) printJson(findings);
  else printText([...findings.map(asText), '', summary(findings)].join('\n'));
  const problems = findings.filter(({ level }) => level === 'problem').length;
  if (problems > 0) throw new CommandFailure(`${counted(problems, 'problem')} found.`);
}

const INDENT = ' '.repeat(9);

function asText({ level, subject, what, mend }: Finding): string {
  const head = `${level.padEnd(INDENT.length)}${subject}: ${what}`;
  return mend === null ? head : `${head}\n${INDENT}To mend it: ${mend}`;
}

function summary(findings: readonly Finding[]): string {
  const count = (level: Finding['level']) => findings.filter((finding) => finding.level === level).length;
  const [problems, warnings] = [count('problem'), count('warning')];
  if (problems === 0 && warnings === 0) return 'Nothing is wrong.';
  return `${counted(problems, 'problem')}, ${counted(warnings, 'warning')}.`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** As the paths of the server can be put behind it. */
function parseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const web = url?.protocol === 'http:' || url?.protocol === 'https:';
  if (!web || url.username !== '' || url.password !== '' || /[?#]/.test(text))
    throw new InvalidArgumentError(
      'It must be an http or https URL without credentials, query and fragment.',
    );
  return url.href.replace(/\/+$/, '');
}

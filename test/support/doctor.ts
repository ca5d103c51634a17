import type { Finding } from '../../src/cli/doctor/finding.ts';
import { type Outcome, portcullis } from './processes.ts';

export interface Diagnosis extends Outcome {
  readonly findings: readonly Finding[];
}

/** What `portcullis doctor` says; it must have something to say, whatever the state of things. */
export async function doctor(
  env: NodeJS.ProcessEnv,
  { cwd, args = [] }: { cwd?: string; args?: readonly string[] } = {},
): Promise<Diagnosis> {
  const outcome = await portcullis(['doctor', '--json', ...args], {
    env,
    ...(cwd === undefined ? {} : { cwd }),
  });
  if (!outcome.stdout.startsWith('[')) throw new Error(`no findings: ${outcome.stderr}`);
  return { ...outcome, findings: JSON.parse(outcome.stdout) as Finding[] };
}

/** What is not well, by level and subject. */
export function complaints(findings: readonly Finding[]): string[] {
  return findings.filter(({ level }) => level !== 'ok').map(({ level, subject }) => `${level} ${subject}`);
}

/** The one finding about a subject that is not ok; the test fails when there are more, or none. */
export function complaintAbout(findings: readonly Finding[], subject: string): Finding {
  const [found, ...more] = findings.filter((each) => each.subject === subject && each.level !== 'ok');
  if (found === undefined || more.length > 0)
    throw new Error(`about ${subject}: ${JSON.stringify(findings)}`);
  return found;
}

import { listeningUrl } from '../../settings/listening-url.ts';
import type { Settings } from '../../settings/settings.ts';
import { type Finding, ok, problem } from './finding.ts';
import { reasonOf } from './probe.ts';

/** Milliseconds. */
const LIMIT = 2_000;

/** Whether the server runs here, whether it could, or whether something else has its port. */
export async function checkPort({ host, port }: Settings): Promise<Finding> {
  if (port === 0) return ok('port', 'PORT is 0: each start picks a free one.');
  const where = listeningUrl(host, port);
  try {
    const answer = await fetch(`${where}/livez`, { redirect: 'manual', signal: AbortSignal.timeout(LIMIT) });
    return (await isOurs(answer)) ? ok('port', `a server runs at ${where}.`) : taken(where);
  } catch (error) {
    const nobody = /ECONNREFUSED|E(HOST|NET)UNREACH|ENOTFOUND|EADDRNOTAVAIL/.test(reasonOf(error));
    return nobody ? ok('port', `nothing listens at ${where}: no server runs here.`) : taken(where);
  }
}

async function isOurs(answer: Response): Promise<boolean> {
  const text = await answer.text();
  return answer.headers.has('x-request-id') && text === '{"status":"ok"}';
}

function taken(where: string): Finding {
  const what = `${where} is taken by something that does not answer as Portcullis: a start would fail.`;
  return problem('port', what, 'Stop that program, or set PORT.');
}

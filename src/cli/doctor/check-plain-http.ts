import { type Finding, ok, problem } from './finding.ts';
import { type Answer, Probe } from './probe.ts';

/** Whether the server can be used in the clear beside its https URL. */
export async function checkPlainHttp(url: string): Promise<Finding[]> {
  if (!url.startsWith('https:')) return [];
  const plain = `http://${new URL(url).hostname}`;
  try {
    return [judge(plain, await new Probe(plain).get('/livez'))];
  } catch {
    return [ok('plain http', `nothing answers at ${plain}.`)];
  }
}

function judge(plain: string, { status, headers }: Answer): Finding {
  const target = headers.get('location') ?? '';
  if (status >= 300 && status < 400 && target.startsWith('https:'))
    return ok('plain http', `${plain} leads to https.`);
  if (status >= 400) return ok('plain http', `${plain} answers ${status}.`);
  const what = `${plain} answers ${status} and does not lead to https: passwords sent there cross the network in the clear.`;
  return problem(
    'plain http',
    what,
    'Let the proxy answer plain http with a redirect to https, or not at all.',
  );
}

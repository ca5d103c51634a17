import type { Settings } from '../../settings/settings.ts';
import { checkServerClock } from './check-clock.ts';
import { checkHeaders } from './check-headers.ts';
import { checkPage } from './check-page.ts';
import { checkPlainHttp } from './check-plain-http.ts';
import { type Finding, ok, problem, warning } from './finding.ts';
import { type Answer, Probe, reasonOf } from './probe.ts';

/** A JWK of which anybody may know everything. */
const PRIVATE_MEMBER = /"d":/;

/** A running server, as a client sees it through whatever stands in front of it. */
export async function checkServer(url: string, settings: Settings | undefined): Promise<Finding[]> {
  const probe = new Probe(url);
  try {
    const readiness = await probe.get('/readyz');
    return [
      checkReadiness(url, readiness),
      ...servedClock(readiness),
      checkPublicKeys(await probe.get('/.well-known/jwks.json'), url),
      ...(await checkIssuer(url, settings?.issuer)),
      ...checkHeaders(await probe.post('{ __typename }'), url.startsWith('https:')),
      ...(await checkPage(probe)),
      ...(await checkPlainHttp(url)),
      ...(await checkIntrospection(probe)),
    ];
  } catch (error) {
    const mend = 'Start the server and the proxy, and see whether name, port and certificate are right.';
    return [problem('server', `${url} does not answer: ${reasonOf(error)}`, mend)];
  }
}

function checkReadiness(url: string, { status, json }: Answer): Finding {
  if (status === 200) return ok('server', `${url} is ready.`);
  const told = json === undefined ? '' : ` and ${JSON.stringify(json)}`;
  return problem('server', `${url}/readyz answers ${status}${told}.`, READINESS);
}

const READINESS =
  'See what the checks name; an answer of another form is not of Portcullis, or of the proxy.';

function servedClock({ headers }: Answer): Finding[] {
  const date = Date.parse(headers.get('date') ?? '');
  return Number.isNaN(date) ? [] : [checkServerClock(date - Date.now())];
}

/** Services that verify tokens read them. */
function checkPublicKeys({ status, json }: Answer, base: string): Finding {
  const text = JSON.stringify(json) ?? '';
  const count = text.match(/"kid":/g)?.length ?? 0;
  if (PRIVATE_MEMBER.test(text))
    return problem('public keys', `${base} publishes a private key.`, 'Take it down, and change every key.');
  if (status === 200 && count > 0) return ok('public keys', `${count} at ${base}/.well-known/jwks.json.`);
  const what = `${base}/.well-known/jwks.json answers ${status} without keys: services cannot verify tokens.`;
  return problem('public keys', what, 'Let the proxy pass on this path.');
}

/** From in here the name may lead nowhere and still be right outside. */
async function checkIssuer(url: string, issuer: string | undefined): Promise<Finding[]> {
  if (issuer === undefined || issuer === url) return [];
  const mend = 'See whether ISSUER is the URL under which clients and services reach this server.';
  try {
    return [checkPublicKeys(await new Probe(issuer).get('/.well-known/jwks.json'), issuer)];
  } catch (error) {
    return [warning('ISSUER', `${issuer} does not answer this machine: ${reasonOf(error)}`, mend)];
  }
}

async function checkIntrospection(probe: Probe): Promise<Finding[]> {
  if (!probe.url.startsWith('https:')) return [];
  const { json } = await probe.post('{ __schema { queryType { name } } }');
  if (!JSON.stringify(json ?? null).includes('"queryType"')) return [ok('schema', 'is hidden.')];
  const what = 'introspection is on: everybody can read the schema, those who look for a way in too.';
  return [warning('schema', what, 'Set NODE_ENV=production, and unset INTROSPECTION.')];
}

import { type Finding, orOk, problem } from './finding.ts';
import { type Answer, type Probe, refusalOf } from './probe.ts';

const FOREIGN = 'https://doctor.invalid';
const LOGOUT = 'mutation { logout { ended } }';
const REFRESH = 'mutation { refresh { accessToken } }';

const UNDECIDED =
  'Whether it appends the client to X-Forwarded-For cannot be seen without logging in: compare the address that portcullis session list shows with your own.';

/**
 * What protects pages, seen without logging in: a logout without a session clears the cookie that it has not got, and so
 * shows its attributes; what a proxy takes out of requests is missed in the answers.
 */
export async function checkPage(probe: Probe): Promise<readonly Finding[]> {
  const logout = await probe.post(LOGOUT);
  const [cookie] = logout.headers.getSetCookie();
  const name = cookie?.split('=', 1)[0];
  const stripped = [
    ...(await passesOrigin(probe)),
    ...(await passesFetchMetadata(probe)),
    ...(await passesAuthorization(probe)),
    ...(name === undefined ? [] : await passesCookie(probe, name)),
  ];
  return [
    ...(cookie === undefined ? [noCookie(logout)] : checkAttributes(cookie, probe.url)),
    ...orOk(stripped, 'proxy', `Origin, Sec-Fetch-Site, Authorization and Cookie arrive. ${UNDECIDED}`),
  ];
}

function noCookie({ status }: Answer): Finding {
  const what = `a logout was answered ${status} without Set-Cookie: no browser can stay signed in.`;
  return problem('cookie', what, 'Let the proxy pass on POST /graphql and Set-Cookie.');
}

function checkAttributes(cookie: string, url: string): readonly Finding[] {
  const [pair = '', ...rest] = cookie.split(';').map((part) => part.trim());
  const attributes = rest.map((part) => part.toLowerCase());
  const https = url.startsWith('https:');
  const wanted = ['httponly', 'samesite=strict', 'path=/', ...(https ? ['secure'] : [])];
  const missing = wanted.filter((attribute) => !attributes.includes(attribute));
  const domain = attributes.filter((attribute) => attribute.startsWith('domain='));
  const findings = [
    ...missing.map((attribute) => spoilt(`lacks ${attribute}`)),
    ...domain.map((attribute) => spoilt(`has ${attribute}`)),
    ...(https && !pair.startsWith('__Host-') ? [unprefixed(pair.split('=', 1)[0] ?? '')] : []),
  ];
  return orOk(findings, 'cookie', `${pair.split('=', 1)[0]} arrives with ${wanted.join(', ')}.`);
}

function spoilt(how: string): Finding {
  return problem('cookie', `${how} when it arrives.`, 'Let the proxy leave Set-Cookie alone.');
}

function unprefixed(name: string): Finding {
  const what = `is called ${name}, without __Host-: a neighbouring host can plant one.`;
  return problem('cookie', what, 'Set ISSUER to the https URL, and unset COOKIE_SECURE.');
}

async function passesOrigin(probe: Probe): Promise<Finding[]> {
  const answer = await probe.post(LOGOUT, { origin: FOREIGN });
  const allowed = answer.headers.get('access-control-allow-origin');
  const arrives = refusalOf(answer).code === 'FORBIDDEN';
  const what = 'Origin does not arrive: pages of other sites could act with the cookie.';
  const answered = `a page of any origin may read answers: access-control-allow-origin is ${allowed}.`;
  return [
    ...(arrives ? [] : [passOn(what, 'Origin')]),
    ...(allowed === null ? [] : [problem('origins', answered, 'Leave CORS to the server.')]),
  ];
}

async function passesFetchMetadata(probe: Probe): Promise<Finding[]> {
  const answer = await probe.post(LOGOUT, { 'sec-fetch-site': 'cross-site' });
  if (refusalOf(answer).code === 'FORBIDDEN') return [];
  const what =
    'Sec-Fetch-Site does not arrive: a request that another site caused looks like one of its own.';
  return [passOn(what, 'Sec-Fetch-Site')];
}

/** Neither a token nor a cookie that anybody was given: both are INVALID, and MISSING where they were taken out. */
async function passesAuthorization(probe: Probe): Promise<Finding[]> {
  const answer = await probe.post('{ me { id } }', { authorization: 'Bearer doctor' });
  if (refusalOf(answer).reason === 'INVALID') return [];
  return [passOn('Authorization does not arrive: nobody can prove who they are.', 'Authorization')];
}

async function passesCookie(probe: Probe, name: string): Promise<Finding[]> {
  const answer = await probe.post(REFRESH, { cookie: `${name}=doctor` });
  if (refusalOf(answer).reason === 'INVALID') return [];
  return [passOn('the refresh cookie does not arrive: no browser stays signed in.', 'Cookie')];
}

function passOn(what: string, header: string): Finding {
  return problem('proxy', what, `Let the proxy pass on the header ${header}.`);
}

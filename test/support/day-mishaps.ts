import { LOGIN, REFRESH, send } from './client.ts';
import type { DayRecord } from './day-record.ts';

/** As a native client signs in. */
export interface Account {
  readonly email: string;
  readonly password: string;
  readonly transport: string;
}

/** Requests that clients get wrong, each with a secret in it; whatever is answered goes into the record. */
export async function playMishaps(url: string, record: DayRecord, account: Account): Promise<void> {
  const { email, password } = account;
  const answer = await send(url, LOGIN, { input: account });
  record.answered(LOGIN, answer, 'BODY');
  const { accessToken, refreshToken } = answer.data.login;
  const tokens = [accessToken, refreshToken];
  for (const [what, init] of mishaps(account, tokens)) {
    const path = init.path ?? '/graphql';
    const response = await fetch(url + path, init);
    const text = await response.text();
    const { headers } = response;
    if (!/json/.test(headers.get('content-type') ?? ''))
      record.say(what, JSON.stringify([...headers]) + text);
    else record.answered(what, { headers, setCookies: headers.getSetCookie(), text }, 'BODY');
  }
  for (const query of documents(email, password)) {
    record.answered('a document', await send(url, query, { input: account }), 'BODY');
  }
  for (const variables of unfitVariables(account)) {
    record.answered('variables', await send(url, LOGIN, variables), 'BODY');
  }
  for (const token of tokens) {
    const misused = { authorization: `Bearer ${refreshToken}`, cookie: `refresh_token=${token}` };
    record.answered('tokens', await send(url, REFRESH, { input: { refreshToken: token } }, misused), 'BODY');
  }
}

type Mishap = RequestInit & { readonly path?: string };

function mishaps(account: Account, tokens: readonly string[]): [string, Mishap][] {
  const json = { 'content-type': 'application/json' };
  const body = JSON.stringify({ query: LOGIN, variables: { input: account } });
  const form = new URLSearchParams({ query: LOGIN, variables: JSON.stringify({ input: account }) });
  const post = (headers: Record<string, string>, text: string): Mishap => ({
    method: 'POST',
    headers,
    body: text,
  });
  return [
    ['JSON that is cut off', post(json, body.slice(0, -3))],
    ['a list of operations', post(json, `[${body},${body}]`)],
    ['plain text', post({ 'content-type': 'text/plain' }, body)],
    ['a form', post({ 'content-type': 'application/x-www-form-urlencoded' }, form.toString())],
    ['a mutation by GET', { path: `/graphql?${form}`, headers: { accept: 'application/json' } }],
    ['the password as bearer', post({ ...json, authorization: `Bearer ${account.password}` }, body)],
    ['the password as Basic', { headers: { authorization: `Basic ${btoa(`a:${account.password}`)}` } }],
    ...tokens.flatMap((token): [string, Mishap][] => [
      ['a token in a path', { path: `/sessions/${token}` }],
      ['a token in a query string', { path: `/graphql?access_token=${token}` }],
      ['a token as user agent', post({ ...json, 'user-agent': `Agent/1.0 (${token})` }, body)],
      ['a token as origin', post({ ...json, origin: `https://${token}.example` }, body)],
    ]),
    ...['/', '/graphql', '/livez', '/readyz', '/.well-known/jwks.json'].map((path): [string, Mishap] => [
      path,
      { path, headers: { accept: 'text/html' } },
    ]),
  ];
}

/** The password stands in the document, which is right, misspelt or cut off. */
function documents(email: string, password: string): string[] {
  const literal = (input: string) => `mutation { login(input: ${input}) { expiresIn } }`;
  return [
    literal(`{ email: "${email}", password: "${password}", transport: BODY }`),
    literal(`{ email: "${email}", password: "${password}", transport: "BODY" }`),
    literal(`{ email: "${email}", passwort: "${password}" }`),
    literal(`"${password}"`),
    literal(`{ email: "${email}", password: ["${password}"] }`),
    literal(`{ email: "${email}" "${password}" }`),
    literal(`{ email: "${email}", password: "${password}`),
    `mutation { reauthenticate(password: "${password}", "${password}") { expiresIn } }`,
    `mutation { reauthenticate(password: "${password}") { expiresIn } }`,
    literal(`{ email: "${email}", transport: """${password}""", rememberMe: "${password}" }`),
    `{ me @include(if: "${password}") { id } }`,
    `query ($id: ID = { id: "${password}" }) { user(id: $id) { id } }`,
    `{ auditEvents(filter: { since: "${password}" }) { totalCount } }`,
    `mutation { login(input: {}) { "${password}" } }`,
    'mutation ($input: Wrong!) { login(input: $input) { accessToken } }',
  ];
}

function unfitVariables(account: Account): object[] {
  return [
    { input: { ...account, unknown: true } },
    { input: { ...account, transport: account.password } },
    { input: { ...account, rememberMe: account.password } },
    { input: { ...account, email: [account.password] } },
    { input: account.password },
    { input: [account, account] },
  ];
}

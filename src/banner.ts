import type { RunningServer } from './composition.ts';
import type { Settings } from './settings/settings.ts';

type Configured = Pick<Settings, 'introspection' | 'bootstrapAdmin'>;

/** What a person who starts the server needs next. */
export function banner(server: RunningServer, settings: Configured): string {
  const { url, metricsUrl, issuer, firstAdmin } = server;
  const lines = [
    '',
    `Portcullis is ready at ${url}`,
    '',
    `  Console    ${url}/`,
    `  GraphQL    ${url}/graphql`,
    ...(settings.introspection ? [`  GraphiQL   ${url}/graphql (in a browser)`] : []),
    `  Keys       ${url}/.well-known/jwks.json`,
    ...(metricsUrl === undefined ? [] : [`  Metrics    ${metricsUrl}`]),
    `  Issuer     ${issuer}`,
    '',
    ...adminLines(firstAdmin),
    'Log in:',
    '',
    loginRequest(server, settings),
    '',
  ];
  return `${lines.join('\n')}\n`;
}

function adminLines(admin: RunningServer['firstAdmin']): string[] {
  if (admin === undefined) return [];
  const password = admin.generatedPassword;
  return [
    `  First admin  ${admin.email}`,
    ...(password === undefined ? [] : [`  Password     ${password}   (shown this once)`]),
    '',
  ];
}

/** Ready to paste into a shell; transport BODY, since a terminal has no cookie jar. */
function loginRequest({ url, firstAdmin }: RunningServer, { bootstrapAdmin }: Configured): string {
  const email = (firstAdmin ?? bootstrapAdmin)?.email ?? 'you@example.com';
  const password = firstAdmin?.generatedPassword ?? 'YOUR_PASSWORD';
  const query =
    'mutation($input: LoginInput!) { login(input: $input) { accessToken refreshToken expiresIn session { id } } }';
  const body = JSON.stringify({ query, variables: { input: { email, password, transport: 'BODY' } } });
  return `  curl -s '${url}/graphql' -H 'content-type: application/json' -d '${body.replaceAll("'", "'\\''")}'`;
}

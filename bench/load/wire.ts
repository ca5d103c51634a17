/** A request as it goes over the wire. */
export function httpRequest(
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body?: string,
): string {
  const length = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
  const lines = [
    `${method} ${path} HTTP/1.1`,
    'Host: 127.0.0.1',
    ...Object.entries({ ...headers, ...length }).map(([name, value]) => `${name}: ${value}`),
  ];
  return `${lines.join('\r\n')}\r\n\r\n${body ?? ''}`;
}

/** A GraphQL operation, with a bearer token unless there is none. */
export function graphql(query: string, token?: string, variables?: object): string {
  const credential = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  const headers = { 'Content-Type': 'application/json', ...credential };
  return httpRequest('POST', '/graphql', headers, JSON.stringify({ query, variables }));
}

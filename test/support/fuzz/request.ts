/**
 * A request as plain data. All text is bytes, one character each (latin1), and names of the cast in angle brackets,
 * `<user.access>`, stand for what the server issued in this run: so a request can be kept and replayed.
 */
export interface FuzzRequest {
  readonly method: string;
  readonly target: string;
  /** Names and values; `Host`, `Connection` and the framing of the body come on top. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body?: string | undefined;
  /** Sends the body in chunks of so many bytes instead of naming its length. */
  readonly chunkSize?: number | undefined;
}

/** Text as the bytes that it is in UTF-8. */
export function utf8(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** What the bytes say in UTF-8. */
export function textOf(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** The same request with every name replaced by what it stands for. */
export function resolved(request: FuzzRequest, resolve: (template: string) => string): FuzzRequest {
  const { target, headers, body } = request;
  return {
    ...request,
    target: resolve(target),
    headers: headers.map(([name, value]) => [resolve(name), resolve(value)]),
    body: body === undefined ? undefined : resolve(body),
  };
}

/** The bytes on the wire of a resolved request; the connection closes after the answer. */
export function wireBytes({ method, target, headers, body, chunkSize }: FuzzRequest): string {
  const host = headers.some(([name]) => name.toLowerCase() === 'host') ? [] : ['Host: localhost'];
  const lines = [
    `${method} ${target} HTTP/1.1`,
    ...host,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    'Connection: close',
  ];
  if (body === undefined) return `${lines.join('\r\n')}\r\n\r\n`;
  const chunked = chunkSize !== undefined && chunkSize > 0;
  const framing = chunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${body.length}`;
  return `${[...lines, framing].join('\r\n')}\r\n\r\n${chunked ? inChunks(body, chunkSize) : body}`;
}

export function inChunks(body: string, size: number): string {
  const starts = Array.from({ length: Math.ceil(body.length / size) }, (_, index) => index * size);
  const chunks = starts.map((start) => body.slice(start, start + size));
  return `${chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('')}0\r\n\r\n`;
}

export function headerValues(request: FuzzRequest, name: string): string[] {
  return request.headers.filter(([each]) => each.toLowerCase() === name).map(([, value]) => value);
}

/** Where a GraphQL server reads the document from: the body, or the query string of a GET; as JSON. */
export function sentDocument({ method, target, body = '' }: FuzzRequest): string {
  if (method === 'POST') return textOf(body);
  const { variables, ...rest } = Object.fromEntries(new URLSearchParams(target.slice(target.indexOf('?'))));
  return JSON.stringify({ ...rest, variables: JSON.parse(variables ?? 'null') });
}

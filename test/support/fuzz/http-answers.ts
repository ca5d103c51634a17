import { textOf } from './request.ts';

export interface HttpAnswer {
  readonly status: number;
  /** By lower-case name; several of a name stand in order. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  /** Undefined where an answer has none by its nature. */
  readonly body: string | undefined;
}

/** The value of a header that came once at most. */
export function headerOf({ headers }: HttpAnswer, name: string): string | undefined {
  const values = headers.get(name) ?? [];
  if (values.length > 1) throw new Error(`The answer has ${values.length} headers ${name}.`);
  return values[0];
}

/**
 * The answers in what a server sent, strictly read (RFC 9112): a byte too many or too few is an error.
 *
 * @param method of the request: HEAD has no body in its answer
 */
export function parseAnswers(bytes: string, method: string): HttpAnswer[] {
  const answers: HttpAnswer[] = [];
  for (let rest = bytes; rest !== ''; ) {
    const { answer, length } = parseOne(rest, method);
    // An interim answer, such as 100 Continue, announces the real one.
    if (answer.status >= 200) answers.push(answer);
    rest = rest.slice(length);
  }
  return answers;
}

function parseOne(bytes: string, method: string): { answer: HttpAnswer; length: number } {
  const [head = '', ...lines] = headOf(bytes).split('\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3}) [ -~]+$/.exec(head)?.[1]);
  if (Number.isNaN(status)) throw new Error(`No status line: ${JSON.stringify(head.slice(0, 200))}`);
  const headers = parseHeaders(lines);
  const start = headOf(bytes).length + 4;
  const { body, length } = bodyOf(bytes.slice(start), headers, status, method);
  return { answer: { status, headers, body: body && textOf(body) }, length: start + length };
}

function headOf(bytes: string): string {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) throw new Error(`The head of an answer was cut off: ${JSON.stringify(bytes.slice(0, 200))}`);
  return bytes.slice(0, end);
}

function parseHeaders(lines: readonly string[]): Map<string, string[]> {
  const headers = new Map<string, string[]>();
  for (const line of lines) {
    const [, name = '', value = ''] = /^([\w-]+): ([^\r\n\0]*)$/.exec(line) ?? [];
    if (name === '') throw new Error(`No header line: ${JSON.stringify(line)}`);
    const key = name.toLowerCase();
    headers.set(key, [...(headers.get(key) ?? []), value]);
  }
  return headers;
}

function bodyOf(
  bytes: string,
  headers: ReadonlyMap<string, readonly string[]>,
  status: number,
  method: string,
): { body: string | undefined; length: number } {
  // What is no well-formed request is refused with a body, even if it begins like a HEAD.
  const none = (method === 'HEAD' && bytes === '') || status < 200 || status === 204 || status === 304;
  if (none) return { body: undefined, length: 0 };
  if (headers.get('transfer-encoding')?.join() === 'chunked') return chunkedBody(bytes);
  const length = Number(headers.get('content-length')?.join());
  if (Number.isNaN(length)) throw new Error('The answer says neither how long it is nor that it is chunked.');
  if (bytes.length < length) throw new Error(`Of ${length} bytes of the answer ${bytes.length} came.`);
  return { body: bytes.slice(0, length), length };
}

function chunkedBody(bytes: string): { body: string; length: number } {
  let body = '';
  for (let at = 0; ; ) {
    const size = /^([\da-f]+)\r\n/i.exec(bytes.slice(at, at + 20));
    if (size === null) throw new Error('A chunk of the answer was cut off.');
    const start = at + size[0].length;
    const end = start + Number.parseInt(size[1] ?? '', 16);
    body += bytes.slice(start, end);
    if (bytes.slice(end, end + 2) !== '\r\n') throw new Error('A chunk of the answer was cut off.');
    at = end + 2;
    if (end === start) return { body, length: at };
  }
}

import { isUtf8 } from 'node:buffer';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { parse } from 'content-type';
import { isNestedDeep } from './json-depth.ts';
import { headerValues } from './raw-headers.ts';
import { readBytes } from './read-bytes.ts';
import { RequestRefusal } from './request-refusal.ts';

const JSON_TYPE = 'application/json';

const LIMIT_BYTES = 1024 * 1024;

/** Apollo Server's parser of it takes a third of a second for sixteen thousand blanks (SECURITY F5). */
const LONGEST_TYPE = 256;

/**
 * The JSON object of a request's body.
 *
 * @returns at once, where all of the body has arrived
 * @throws RequestRefusal 413 for more than 1 MiB, 415 for another type, charset or encoding, 400 for anything else; what
 *   has not arrived yet rejects with them
 */
export function readJsonBody(request: IncomingMessage): object | Promise<object> {
  requireJson(request);
  requireNoEncoding(request.headers);
  const bytes = readBytes(request, LIMIT_BYTES);
  return bytes instanceof Promise ? bytes.then(parseObject) : parseObject(bytes);
}

/**
 * The one type that no page can send across origins without asking first (ASVS V3.5.2). Two readers of one request must not
 * find two types or two charsets in it: Node hides the second header, and the parser the second charset.
 *
 * @throws RequestRefusal 415
 */
export function requireJson({ rawHeaders }: IncomingMessage): void {
  const [header = '', ...others] = headerValues(rawHeaders, 'content-type');
  // As almost every client writes it: there is nothing to parse.
  if (header === JSON_TYPE && others.length === 0) return;
  if (header.length > LONGEST_TYPE) throw unsupportedType();
  const { type, parameters } = parse(header);
  const charset = parameters['charset']?.toLowerCase() ?? 'utf-8';
  const isPlain = others.length === 0 && (header.match(/charset/gi) ?? []).length <= 1;
  if (!isPlain || type !== JSON_TYPE || charset !== 'utf-8') throw unsupportedType();
}

function unsupportedType(): RequestRefusal {
  return new RequestRefusal(415, 'The Content-Type must be application/json in UTF-8.');
}

/**
 * Compressed bodies are not read: a few bytes could unfold to gigabytes. Node takes any Transfer-Encoding that ends in
 * `chunked`, and undoes no other part of it (RFC 9112 §6.1).
 */
function requireNoEncoding(headers: IncomingHttpHeaders): void {
  const { 'content-encoding': content = 'identity', 'transfer-encoding': transfer = 'chunked' } = headers;
  if (content.toLowerCase() === 'identity' && transfer.toLowerCase() === 'chunked') return;
  throw new RequestRefusal(415, 'A Content-Encoding or Transfer-Encoding of this kind is not supported.');
}

function parseObject(bytes: Buffer): object {
  if (!isUtf8(bytes)) throw new RequestRefusal(400, 'The body is not valid UTF-8.');
  if (isNestedDeep(bytes)) throw new RequestRefusal(400, 'The body nests too deep.');
  const value = parseJson(bytes.toString('utf8'));
  if (Array.isArray(value))
    throw new RequestRefusal(400, 'One operation a request: batches are not accepted.');
  if (typeof value === 'object' && value !== null) return value;
  throw new RequestRefusal(400, 'The body must be a JSON object.');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RequestRefusal(400, 'The body is not valid JSON.');
  }
}

import { isUtf8 } from 'node:buffer';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { parse } from 'content-type';
import { headerValues } from './raw-headers.ts';
import { readBytes } from './read-bytes.ts';
import { RequestRefusal } from './request-refusal.ts';

/** Of a request, in whatever way it comes. */
export const LIMIT_BYTES = 1024 * 1024;

/** Apollo Server's parser of it takes a third of a second for sixteen thousand blanks (SECURITY F5). */
const LONGEST_TYPE = 256;

/**
 * The bytes of a body of one type; they are UTF-8.
 *
 * @param wanted e.g. `application/json`
 * @returns at once, where all of the body has arrived
 * @throws RequestRefusal 413 for more than 1 MiB, 415 for another type, charset or encoding, 400 for anything else; what
 *   has not arrived yet rejects with them
 */
export function readBody(request: IncomingMessage, wanted: string): Buffer | Promise<Buffer> {
  requireType(request, wanted);
  requireNoEncoding(request.headers);
  const bytes = readBytes(request, LIMIT_BYTES);
  return bytes instanceof Promise ? bytes.then(requireUtf8) : requireUtf8(bytes);
}

function requireUtf8(bytes: Buffer): Buffer {
  if (!isUtf8(bytes)) throw new RequestRefusal(400, 'The body is not valid UTF-8.');
  return bytes;
}

/**
 * Two readers of one request must not find two types or two charsets in it: Node hides the second header, and the parser the
 * second charset.
 *
 * @throws RequestRefusal 415
 */
export function requireType({ rawHeaders }: IncomingMessage, wanted: string): void {
  const [header = '', ...others] = headerValues(rawHeaders, 'content-type');
  // As almost every client writes it: there is nothing to parse.
  if (header === wanted && others.length === 0) return;
  if (header.length > LONGEST_TYPE) throw unsupportedType(wanted);
  const { type, parameters } = parse(header);
  const charset = parameters['charset']?.toLowerCase() ?? 'utf-8';
  const isPlain = others.length === 0 && (header.match(/charset/gi) ?? []).length <= 1;
  if (!isPlain || type !== wanted || charset !== 'utf-8') throw unsupportedType(wanted);
}

function unsupportedType(wanted: string): RequestRefusal {
  return new RequestRefusal(415, `The Content-Type must be ${wanted} in UTF-8.`);
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

import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { ResponseHeaders } from './headers.ts';

const REFUSALS: Readonly<Record<string, { status: number; message: string }>> = {
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, message: 'The request took too long to arrive.' },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: { status: 413, message: 'The chunk extensions are too long.' },
  HPE_HEADER_OVERFLOW: { status: 431, message: 'The request headers are too long.' },
};
const MALFORMED = { status: 400, message: 'The request is not well-formed HTTP.' };

/**
 * The whole answer to bytes that never became a request: there is no response object then, and Node's own
 * answer has no security headers.
 *
 * @param errorCode `code` of the parser's error
 */
export function parserRefusal(errorCode: string | undefined, base: ResponseHeaders): string {
  const { status, message } = REFUSALS[errorCode ?? ''] ?? MALFORMED;
  const body = JSON.stringify({ errors: [{ message, extensions: { code: 'BAD_REQUEST' } }] });
  const headers = {
    ...base,
    'x-request-id': randomUUID(),
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    date: new Date().toUTCString(),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`;
}

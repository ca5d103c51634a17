import type { IncomingMessage } from 'node:http';
import { isNestedDeep } from './json-depth.ts';
import { readBody, requireType } from './read-body.ts';
import { RequestRefusal } from './request-refusal.ts';

const JSON_TYPE = 'application/json';

/**
 * The JSON object of a request's body.
 *
 * @returns at once, where all of the body has arrived
 * @throws RequestRefusal 413 for more than 1 MiB, 415 for another type, charset or encoding, 400 for anything else; what
 *   has not arrived yet rejects with them
 */
export function readJsonBody(request: IncomingMessage): object | Promise<object> {
  const bytes = readBody(request, JSON_TYPE);
  return bytes instanceof Promise ? bytes.then(parseObject) : parseObject(bytes);
}

/**
 * The one type that no page can send across origins without asking first (ASVS V3.5.2).
 *
 * @throws RequestRefusal 415
 */
export function requireJson(request: IncomingMessage): void {
  requireType(request, JSON_TYPE);
}

function parseObject(bytes: Buffer): object {
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

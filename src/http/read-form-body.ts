import type { IncomingMessage } from 'node:http';
import { readBody } from './read-body.ts';
import { RequestRefusal } from './request-refusal.ts';

const FORM_TYPE = 'application/x-www-form-urlencoded';

/**
 * The parameters of a request's body. One that has no value counts as not sent, and none may come twice (RFC 6749 §3.2).
 *
 * @throws RequestRefusal 413 for more than 1 MiB, 415 for another type, charset or encoding, 400 for anything else
 */
export async function readFormBody(request: IncomingMessage): Promise<ReadonlyMap<string, string>> {
  const bytes = await readBody(request, FORM_TYPE);
  const form = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(bytes.toString('utf8'))) {
    if (value === '') continue;
    if (form.has(name)) throw new RequestRefusal(400, 'A parameter came more than once.');
    form.set(name, value);
  }
  return form;
}

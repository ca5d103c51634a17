import { isUtf8 } from 'node:buffer';
import type { ClientCredential } from '../oauth/authenticate-client.ts';
import { headerValues } from './raw-headers.ts';
import { RequestRefusal } from './request-refusal.ts';

/** RFC 7617 §2; the scheme's name is case-insensitive (RFC 9110 §11.1). */
const BASIC = /^Basic +([A-Za-z0-9+/]+={0,2})$/i;

/**
 * The credential that a client sent by HTTP Basic, each half of it form-urlencoded (RFC 6749 §2.3.1); undefined where there
 * is none, or none in this form.
 *
 * @param rawHeaders of the request: Node hides the second header of the name
 * @throws RequestRefusal 400 when the header came twice
 */
export function basicCredential(rawHeaders: readonly string[]): ClientCredential | undefined {
  const [header = '', ...others] = headerValues(rawHeaders, 'authorization');
  if (others.length > 0) throw new RequestRefusal(400, 'The Authorization header came more than once.');
  const bytes = Buffer.from(BASIC.exec(header)?.[1] ?? '', 'base64');
  const pair = isUtf8(bytes) ? bytes.toString('utf8') : '';
  const colon = pair.indexOf(':');
  if (colon < 0) return undefined;
  const [id, secret] = [formDecoded(pair.slice(0, colon)), formDecoded(pair.slice(colon + 1))];
  return id === undefined || secret === undefined ? undefined : { id, secret };
}

function formDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

import Negotiator from 'negotiator';
import type { Coding, ConsoleFile } from './console-files.ts';
import type { RequestHandler } from './exchange.ts';

/** Sends the file, or says that the one which the browser keeps is still the same. */
export function sendConsoleFile(file: ConsoleFile): RequestHandler {
  return async (exchange) => {
    exchange.route = file.route;
    const { 'accept-encoding': accepted, 'if-none-match': kept } = exchange.request.headers;
    const coding = codingFor(file, accepted);
    const headers = { ...file.headers, etag: file.etag(coding) };
    if (names(kept, headers.etag)) return exchange.sendEmpty(304, headers);
    const encoded = coding === 'identity' ? {} : { 'content-encoding': coding };
    exchange.send(200, { ...headers, ...encoded }, await file.body(coding));
  };
}

/** As it is where nothing fits: RFC 9110 §12.5.3 leaves that open. */
function codingFor({ codings }: ConsoleFile, accepted = ''): Coding {
  const chosen = new Negotiator({ headers: { 'accept-encoding': accepted } }).encoding(codings);
  return codings.find((coding) => coding === chosen) ?? 'identity';
}

/** RFC 9110 §13.1.2: compared weakly, since a proxy that compresses marks our tags as weak. */
function names(kept: string | undefined, etag: string): boolean {
  const tags = (kept ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(etag) || tags.includes('*');
}

import type { IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';
import type { Exchange, RequestHandler } from './exchange.ts';

/** What `/metrics` shows. */
export interface MetricsSource {
  readonly contentType: string;
  text(): Promise<string>;
}

export function sendMetrics(source: MetricsSource): RequestHandler {
  return async (exchange) => exchange.send(200, { 'content-type': source.contentType }, await source.text());
}

/** What proxies put on, or leave behind, of a request that somebody else made. */
const FORWARDED = /^(forwarded|via|x-forwarded-.*|x-real-ip|x-client-ip|true-client-ip|cf-connecting-ip)$/;

const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;

/**
 * Whether a request was made on this machine, to it by name. The socket must come from the loopback; what a proxy on this
 * machine passes on does too, but says so; a page whose host name was rebound to the loopback (DNS rebinding) says that
 * name.
 */
function isLocal(request: IncomingMessage): boolean {
  const { remoteAddress } = request.socket;
  if (remoteAddress === undefined || ipaddr.process(remoteAddress).range() !== 'loopback') return false;
  if (Object.keys(request.headers).some((name) => FORWARDED.test(name))) return false;
  return LOOPBACK_HOST.test(request.headers.host ?? '');
}

/** @param otherwise the answer to everybody else: that of a path where nothing is */
export function localOnly(handler: RequestHandler, otherwise: (exchange: Exchange) => void): RequestHandler {
  return (exchange) => (isLocal(exchange.request) ? handler(exchange) : otherwise(exchange));
}

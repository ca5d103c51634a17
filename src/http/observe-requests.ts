import {
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
} from '@opentelemetry/api';
import type { Settings } from '../settings/settings.ts';
import { below, isKept, tracer } from '../tracing.ts';
import { trustFunction } from './client-address.ts';
import type { Exchange, RequestHandler } from './exchange.ts';

/** A request whose answer is through, or that its client gave up. */
export interface AnsweredRequest {
  /** One of ours; undefined: a path where nothing is. */
  readonly route: string | undefined;
  readonly method: string;
  /** Undefined: the client left before there was an answer. */
  readonly status: number | undefined;
  /** To the end of the answer; to its beginning where it goes on until somebody ends it. */
  readonly seconds: number;
}

export type AnswerListener = (answered: AnsweredRequest) => void;

const METHODS = new Set(['GET', 'HEAD', 'POST', 'OPTIONS']);

/** Tells of every request once it is over. */
export function toldOfAnswers(handler: RequestHandler, onAnswer: AnswerListener): RequestHandler {
  return (exchange) => {
    exchange.onClose((status) => {
      const seconds = ((exchange.begunAt ?? performance.now()) - exchange.arrivedAt) / 1000;
      onAnswer({ route: exchange.route, method: methodOf(exchange), status, seconds });
    });
    return handler(exchange);
  };
}

/**
 * A span for each request, with the names of OpenTelemetry's conventions for HTTP servers, as far as they tell nothing of
 * the client: a path where nothing is may be a token that its owner put there.
 */
export function tracedRequests(handler: RequestHandler, trustProxy: Settings['trustProxy']): RequestHandler {
  const trusts = trustFunction(trustProxy);
  return (exchange) => {
    const attributes = { 'http.request.method': methodOf(exchange), 'url.scheme': 'http' };
    const options = { kind: SpanKind.SERVER, attributes };
    const span = tracer.startSpan(methodOf(exchange), options, parentOf(exchange, trusts));
    if (!isKept(span)) return handler(exchange);
    exchange.onClose((status) => endSpan(span, exchange, status));
    return context.with(below(span), () => handler(exchange));
  };
}

/**
 * The trace of a proxy that is believed. Anybody else could have every request recorded, or write into the traces of
 * others.
 */
function parentOf({ request }: Exchange, trusts: ReturnType<typeof trustFunction>): Context {
  // Without an SDK there is nothing to look for, and the address of the peer need not be parsed.
  if (propagation.fields().length === 0) return ROOT_CONTEXT;
  const isTrusted = trusts(request.socket.remoteAddress ?? '', 0);
  return isTrusted ? propagation.extract(ROOT_CONTEXT, request.headers) : ROOT_CONTEXT;
}

function endSpan(span: Span, exchange: Exchange, status: number | undefined): void {
  const { route } = exchange;
  if (route !== undefined) {
    span.updateName(`${methodOf(exchange)} ${route}`);
    span.setAttributes({ 'http.route': route, 'url.path': route });
  }
  if (status !== undefined) span.setAttribute('http.response.status_code', status);
  if (status !== undefined && status >= 500) {
    span.setStatus({ code: SpanStatusCode.ERROR });
    span.setAttribute('error.type', String(status));
  }
  span.end();
}

/** Clients may send words of their own. */
function methodOf({ request }: Exchange): string {
  return METHODS.has(request.method ?? '') ? (request.method ?? '') : '_OTHER';
}

import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Context,
  type ContextManager,
  context,
  isSpanContextValid,
  propagation,
  ROOT_CONTEXT,
  type TextMapPropagator,
  trace,
} from '@opentelemetry/api';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';

/** What an operator's SDK registers: a provider, a context that follows the calls, the header `traceparent`. */
export function recordSpans(): InMemorySpanExporter {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new FollowingContext());
  propagation.setGlobalPropagator(traceparent);
  return exporter;
}

class FollowingContext implements ContextManager {
  readonly #storage = new AsyncLocalStorage<Context>();

  active(): Context {
    return this.#storage.getStore() ?? ROOT_CONTEXT;
  }

  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    active: Context,
    work: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    return this.#storage.run(active, () => work.call(thisArg, ...args));
  }

  bind<T>(_: Context, target: T): T {
    return target;
  }

  enable(): this {
    return this;
  }

  disable(): this {
    this.#storage.disable();
    return this;
  }
}

/** W3C Trace Context, as far as a test needs it. */
const traceparent: TextMapPropagator = {
  inject: () => undefined,
  extract: (from, carrier, getter) => {
    const [, traceId = '', spanId = '', flags = '0'] = String(getter.get(carrier, 'traceparent')).split('-');
    const parent = { traceId, spanId, traceFlags: Number(flags), isRemote: true };
    return isSpanContextValid(parent) ? trace.setSpanContext(from, parent) : from;
  },
  fields: () => ['traceparent'],
};

/** The spans of a trace as a tree, each with its children, in the order in which they began. */
export interface SpanTree {
  readonly name: string;
  readonly children: readonly SpanTree[];
}

export function treeOf(root: ReadableSpan, spans: readonly ReadableSpan[]): SpanTree {
  const own = spans.filter(
    ({ parentSpanContext }) => parentSpanContext?.spanId === root.spanContext().spanId,
  );
  const nanoseconds = ({ startTime: [seconds, rest] }: ReadableSpan) => seconds * 1e9 + rest;
  const children = own.sort((a, b) => nanoseconds(a) - nanoseconds(b)).map((span) => treeOf(span, spans));
  return { name: root.name, children };
}

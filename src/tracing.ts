import { type Context, context, INVALID_TRACEID, type Span, SpanStatusCode, trace } from '@opentelemetry/api';
import { Refusal } from './errors/refusal.ts';

/**
 * Spans by OpenTelemetry's API alone. Whoever runs the server registers an SDK (docs/metrics.md); without one nothing is
 * measured or kept. No span holds what a client sent, or who it is: no document, variable, header, address, e-mail or id.
 */
export const tracer = trace.getTracer('portcullis');

/** Runs `work` in a span of its own, below the span of whoever calls. What is ready at once stays so where nobody traces. */
export function traced<Result>(name: string, work: () => Result): Result | Promise<Awaited<Result>> {
  const span = tracer.startSpan(name);
  return isKept(span) ? endAfter(span, work) : work();
}

/** Ends the span with the work, which runs below it. */
export async function endAfter<Result>(span: Span, work: () => Result): Promise<Awaited<Result>> {
  try {
    return await context.with(below(span), work);
  } catch (error) {
    markFailed(span, error);
    throw error;
  } finally {
    span.end();
  }
}

/** Whether an SDK knows of the span. One that it did not choose to record is followed too, or what is below it would be recorded alone. */
export function isKept(span: Span): boolean {
  return span.spanContext().traceId !== INVALID_TRACEID;
}

export function below(span: Span): Context {
  return trace.setSpan(context.active(), span);
}

/** A refusal is an answer like any other, unless it says that we could not. What the error says may hold what a client sent. */
function markFailed(span: Span, error: unknown): void {
  const refusal = error instanceof Refusal ? error.code : undefined;
  span.setAttribute('error.type', refusal ?? 'INTERNAL_SERVER_ERROR');
  if (refusal === undefined || refusal === 'UNAVAILABLE') span.setStatus({ code: SpanStatusCode.ERROR });
}

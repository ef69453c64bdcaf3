import type { Attributes, Span } from '../../shared/tracing/otlp.ts';
import type { SpanExporter } from '../../shared/tracing/span-exporter.ts';
import {
  beginSpan,
  childOf,
  formatTraceparent,
  type NewSpan,
  parseTraceparent,
} from '../../shared/tracing/trace-context.ts';

/** Takes what a request has to say of its traces. Services have none where no collector is configured. */
export type Tracer = {
  /** The span of a request with this `traceparent`, which decides whether it is sampled. */
  begin(traceparent: string | null): NewSpan;
  record(span: Span): void;
};

/** @param ratio share of traces sampled that begin here */
export const createTracer = (
  exporter: SpanExporter,
  ratio: number,
  waitUntil: (work: Promise<void>) => void,
): Tracer => ({
  begin: (traceparent) => beginSpan(parseTraceparent(traceparent), ratio),
  record: (span) => exporter.add(span, waitUntil),
});

/** Who works within a request's trace. */
export type Traced = {
  tracer: Tracer | null;
  /** The request's own span; undefined outside a request of the public API. */
  trace?: NewSpan | undefined;
  now: () => number;
};

/** What is stored with a message, so that what becomes of it is in the trace of its call; null where that is not sampled. */
export const traceToKeep = ({ trace }: Traced): string | null =>
  trace?.sampled === true ? formatTraceparent(trace) : null;

/**
 * Does a part of a request's work as a span of its own.
 * @param work gets the `traceparent` to pass on, if the request is sampled
 */
export async function inSpan<Result>(
  { tracer, trace, now }: Traced,
  span: { name: string; attributes: Attributes },
  work: (traceparent?: string) => Promise<Result>,
): Promise<Result> {
  if (tracer === null || trace?.sampled !== true) return work();
  const own = childOf(trace);
  const startedAt = now();
  const end = (failed: boolean): void =>
    tracer.record({ ...own, ...span, kind: 'client', startedAt, endedAt: now(), failed });
  try {
    const result = await work(formatTraceparent(own));
    end(false);
    return result;
  } catch (error) {
    end(true);
    throw error;
  }
}

import type { NewSpan } from './trace-context.ts';

/** Values of attributes; null: there is none. Never what people write, whom they write to, nor a secret. */
export type Attributes = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** opentelemetry/proto/trace/v1/trace.proto, SpanKind. */
const KINDS = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 } as const;

/** A span that has ended. */
export type Span = NewSpan & {
  name: string;
  kind: keyof typeof KINDS;
  /** Unix ms. */
  startedAt: number;
  endedAt: number;
  attributes: Attributes;
  failed: boolean;
};

const STATUS_ERROR = 2;

/** The body of a POST to `/v1/traces`: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding. */
export const otlpTraces = (resource: Attributes, spans: readonly Span[]): object => ({
  resourceSpans: [
    {
      resource: { attributes: keyValues(resource) },
      scopeSpans: [{ scope: { name: 'waypost' }, spans: spans.map(otlpSpan) }],
    },
  ],
});

const otlpSpan = (span: Span): object => ({
  traceId: span.traceId,
  spanId: span.spanId,
  ...(span.parentSpanId !== null && { parentSpanId: span.parentSpanId }),
  flags: 1,
  name: span.name,
  kind: KINDS[span.kind],
  startTimeUnixNano: nanoseconds(Math.min(span.startedAt, span.endedAt)),
  endTimeUnixNano: nanoseconds(span.endedAt),
  attributes: keyValues(span.attributes),
  status: span.failed ? { code: STATUS_ERROR } : {},
});

/** More than a double holds. */
const nanoseconds = (unixMs: number): string => `${Math.round(unixMs)}000000`;

const keyValues = (attributes: Attributes): object[] =>
  Object.entries(attributes).flatMap(([key, value]) =>
    value === null || value === undefined ? [] : [{ key, value: anyValue(value) }],
  );

function anyValue(value: string | number | boolean): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}

import { z } from 'zod';

const unset = (value: unknown): unknown => (value === '' ? undefined : value);

/** Reads `name=value,name=value`, values percent-encoded: https://opentelemetry.io/docs/specs/otel/protocol/exporter/. */
export function otlpHeaders(text: string): Record<string, string> | null {
  const headers: Record<string, string> = {};
  for (const pair of text.split(',').filter((one) => one.trim() !== '')) {
    const [, name, value] = /^\s*([\w-]+)\s*=\s*(.*?)\s*$/.exec(pair) ?? [];
    const decoded = value === undefined ? null : decode(value);
    if (name === undefined || decoded === null) return null;
    headers[name.toLowerCase()] = decoded;
  }
  return headers;
}

function decode(value: string): string | null {
  try {
    return decodeURIComponent(value);
  } catch {
    return null;
  }
}

/** Where spans go, by OpenTelemetry's own names; edge and runner alike. */
export const TRACING_VARIABLES = {
  /** The collector that takes OTLP over HTTP, without `/v1/traces`; without it nothing is traced. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.preprocess(unset, z.url({ protocol: /^https?$/ }).optional()),
  /** Headers for the collector: `name=value,name=value`, values percent-encoded. */
  OTEL_EXPORTER_OTLP_HEADERS: z
    .string()
    .default('')
    .refine((text) => otlpHeaders(text) !== null, 'write name=value,name=value'),
};

import { expect, test } from 'vitest';
import { z } from 'zod';
import { otlpHeaders, TRACING_VARIABLES } from './settings.ts';

const Settings = z.object(TRACING_VARIABLES);

test.each([
  ['', {}],
  ['Authorization=Bearer%20abc', { authorization: 'Bearer abc' }],
  [' x-team = a=b , x-key=c,', { 'x-team': 'a=b', 'x-key': 'c' }],
])('OTEL_EXPORTER_OTLP_HEADERS %j is %j', (text, headers) => {
  expect(Settings.safeParse({ OTEL_EXPORTER_OTLP_HEADERS: text }).success).toBe(true);
  expect(otlpHeaders(text)).toEqual(headers);
});

test.each(['no pair', 'x-key=%zz', '=secret'])('%j is refused without being shown', (text) => {
  const read = Settings.safeParse({ OTEL_EXPORTER_OTLP_HEADERS: text });
  expect(read.error?.message).toContain('write name=value');
  expect(read.error?.message).not.toContain(text);
});

test('an endpoint is http or https; an empty one is none', () => {
  const read = (value: string) => Settings.safeParse({ OTEL_EXPORTER_OTLP_ENDPOINT: value });
  expect(read('http://127.0.0.1:4318').data?.OTEL_EXPORTER_OTLP_ENDPOINT).toBeDefined();
  expect(read('').data?.OTEL_EXPORTER_OTLP_ENDPOINT).toBeUndefined();
  expect(read('grpc://collector:4317').success).toBe(false);
});

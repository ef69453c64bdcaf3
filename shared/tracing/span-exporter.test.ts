import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Span } from './otlp.ts';
import { SpanExporter } from './span-exporter.ts';

const SPAN: Span = {
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  spanId: '00f067aa0ba902b7',
  parentSpanId: null,
  sampled: true,
  name: 'POST /v1/messages/text',
  kind: 'server',
  startedAt: 1_790_000_000_000,
  endedAt: 1_790_000_000_250,
  attributes: { 'http.response.status_code': 202, ratio: 0.5, late: false, nothing: null },
  failed: false,
};

/** A collector that answers as it is told, and an exporter whose time stands still until it is moved. */
function stage(answer: () => Response) {
  const bodies: { url: string; headers: unknown; body: unknown }[] = [];
  const lines: Record<string, unknown>[] = [];
  let now = 0;
  let gathered: (() => void)[] = [];
  const exporter = new SpanExporter({
    endpoint: 'http://collector.test/base/',
    headers: 'authorization=Bearer%20abc',
    resource: { 'service.name': 'waypost-test' },
    send: async (url, { headers, body }) => {
      bodies.push({ url, headers, body: JSON.parse(z.string().parse(body)) });
      return answer();
    },
    sleep: () => new Promise((resolve) => gathered.push(resolve)),
    now: () => now,
    log: (event, fields) => void lines.push({ event, ...fields }),
  });
  const kept: Promise<void>[] = [];
  return {
    exporter,
    bodies,
    lines,
    kept,
    add: (span = SPAN) => exporter.add(span, (work) => void kept.push(work)),
    later: (ms: number) => (now += ms),
    gather: async () => {
      for (const resolve of gathered.splice(0)) resolve();
      await Promise.all(kept);
    },
  };
}
const spansOf = (body: unknown): number => JSON.stringify(body).split('"traceId"').length - 1;

describe('the exporter', () => {
  it('sends what came together as one request of OTLP', async () => {
    const { add, gather, bodies, kept } = stage(() => new Response('{}'));
    add();
    add({
      ...SPAN,
      parentSpanId: '1111111111111111',
      kind: 'client',
      failed: true,
      attributes: {},
    });
    expect(kept).toHaveLength(1);
    await gather();
    expect(bodies).toEqual([
      {
        url: 'http://collector.test/base/v1/traces',
        headers: { authorization: 'Bearer abc', 'content-type': 'application/json' },
        body: {
          resourceSpans: [
            {
              resource: {
                attributes: [{ key: 'service.name', value: { stringValue: 'waypost-test' } }],
              },
              scopeSpans: [
                {
                  scope: { name: 'waypost' },
                  spans: [
                    {
                      traceId: SPAN.traceId,
                      spanId: SPAN.spanId,
                      flags: 1,
                      name: SPAN.name,
                      kind: 2,
                      startTimeUnixNano: '1790000000000000000',
                      endTimeUnixNano: '1790000000250000000',
                      attributes: [
                        { key: 'http.response.status_code', value: { intValue: '202' } },
                        { key: 'ratio', value: { doubleValue: 0.5 } },
                        { key: 'late', value: { boolValue: false } },
                      ],
                      status: {},
                    },
                    expect.objectContaining({
                      parentSpanId: '1111111111111111',
                      kind: 3,
                      status: { code: 2 },
                    }),
                  ],
                },
              ],
            },
          ],
        },
      },
    ]);
  });

  it('keeps a bounded number while the collector is away, counts the rest, and comes back', async () => {
    let away = true;
    const stood = stage(() => {
      if (away) throw new Error('connection refused');
      return new Response('{}');
    });
    const { exporter, add, gather, later, bodies, lines } = stood;
    for (let n = 0; n < 5_000; n += 1) add();
    await gather();
    expect(bodies).toHaveLength(1);
    expect(exporter.waiting).toBe(2_048);
    expect(exporter.dropped).toBe(2_952);
    expect(lines).toEqual([
      { event: 'spans_not_sent', reason: 'connection refused', waiting: 2_048, dropped: 2_952 },
    ]);
    away = false;
    later(9_999);
    add();
    await gather();
    expect(bodies).toHaveLength(1);
    later(1);
    add();
    await gather();
    expect(exporter.waiting).toBe(0);
    expect(bodies.slice(1).reduce((sum, { body }) => sum + spansOf(body), 0)).toBe(2_048);
  });

  it.each([
    [503, 1, 0],
    [429, 1, 0],
    [400, 0, 1],
    [302, 0, 1],
  ])('HTTP %d: keeps %d for later, drops %d', async (status, waiting, dropped) => {
    const { exporter, add, gather } = stage(() => new Response(null, { status }));
    add();
    await gather();
    expect(exporter).toMatchObject({ waiting, dropped });
  });

  it('begins anew when the work that was to send ended without a word', async () => {
    const { add, later, kept } = stage(() => new Response('{}'));
    add();
    later(5_999);
    add();
    expect(kept).toHaveLength(1);
    later(1);
    add();
    expect(kept).toHaveLength(2);
  });
});

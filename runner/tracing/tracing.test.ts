import { describe, expect, it } from 'vitest';
import type { Span } from '../../shared/tracing/otlp.ts';
import { SpanExporter } from '../../shared/tracing/span-exporter.ts';
import { sendSpanId } from '../../shared/tracing/trace-context.ts';
import { systemClock } from '../clock.ts';
import { Tracing } from './tracing.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALL = '00f067aa0ba902b7';
const trace = `00-${TRACE}-${CALL}-01`;
const begun = { messageId: 'msg_1', sessionId: 'ses_1', wireId: '3EB0AA', trace };
const sent = { messageId: 'msg_1', wireId: '3EB0AA', wireKey: null, error: null };

function stage(send: () => Promise<Response> = () => Promise.resolve(new Response('{}'))) {
  const spans: Span[] = [];
  const exporter = new SpanExporter({
    endpoint: 'http://collector.test',
    headers: '',
    resource: {},
    send,
    sleep: () => new Promise(() => undefined),
    now: () => 0,
    log: () => undefined,
  });
  const add = exporter.add.bind(exporter);
  exporter.add = (span, keepAlive) => {
    spans.push(span);
    add(span, keepAlive);
  };
  return { spans, exporter, tracing: new Tracing(exporter, systemClock) };
}

describe('a send', () => {
  it('is one span, from its begin to its outcome, whose id others know', () => {
    const { tracing, spans } = stage();
    tracing.sendBegan(begun);
    expect(spans).toEqual([]);
    expect(tracing.settled({ ...sent, outcome: 'sent' })).toBe(TRACE);
    expect(tracing.settled({ ...sent, outcome: 'sent' })).toBeUndefined();
    expect(spans).toEqual([
      expect.objectContaining({
        traceId: TRACE,
        spanId: sendSpanId('msg_1'),
        parentSpanId: CALL,
        failed: false,
        attributes: {
          'waypost.session.id': 'ses_1',
          'waypost.message.id': 'msg_1',
          'waypost.wire.id': '3EB0AA',
          'waypost.outcome': 'sent',
        },
      }),
    ]);
  });

  it('that is turned away leaves the known id to the one after it', () => {
    const { tracing, spans } = stage();
    tracing.sendBegan(begun);
    tracing.sendTurnedAway('msg_1');
    tracing.sendBegan(begun);
    tracing.settled({ ...sent, outcome: 'failed' });
    expect(spans.map(({ spanId }) => spanId === sendSpanId('msg_1'))).toEqual([false, true]);
    expect(spans.map(({ parentSpanId }) => parentSpanId)).toEqual([CALL, CALL]);
    expect(spans.map(({ failed }) => failed)).toEqual([true, true]);
  });

  it.each([
    ['of no trace', undefined],
    ['of one that is not sampled', `00-${TRACE}-${CALL}-00`],
  ])('%s makes none', (_what, other) => {
    const { tracing, spans } = stage();
    tracing.sendBegan({ ...begun, trace: other });
    tracing.settled({ ...sent, outcome: 'sent' });
    expect(spans).toEqual([]);
  });

  it('of which nobody hears again is forgotten, the oldest first', () => {
    const { tracing, spans } = stage();
    for (let n = 0; n <= 1_000; n += 1) tracing.sendBegan({ ...begun, messageId: `msg_${n}` });
    tracing.settled({ ...sent, messageId: 'msg_0', outcome: 'sent' });
    expect(spans).toEqual([]);
    tracing.settled({ ...sent, messageId: 'msg_1', outcome: 'sent' });
    expect(spans).toHaveLength(1);
  });
});

describe('at the end', () => {
  it('what waits is sent, with the sends that are open', async () => {
    const { tracing, spans, exporter } = stage();
    tracing.sendBegan(begun);
    await tracing.close(1_000);
    expect(spans.map(({ attributes }) => attributes['waypost.outcome'])).toEqual(['unsettled']);
    expect(exporter.waiting).toBe(0);
  });

  it('a collector that does not answer holds nothing up', async () => {
    const { tracing } = stage(() => new Promise(() => undefined));
    tracing.sendBegan(begun);
    await expect(tracing.close(10)).resolves.toBeUndefined();
  });
});

import { describe, expect, it, test } from 'vitest';
import {
  beginSpan,
  childOf,
  eventSpanId,
  formatTraceparent,
  parseTraceparent,
  sendSpanId,
  spanIdOf,
} from './trace-context.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const caller = { traceId: TRACE, spanId: SPAN, sampled: true };

describe('parseTraceparent', () => {
  it.each([
    ['sampled', `00-${TRACE}-${SPAN}-01`, caller],
    ['not sampled', `00-${TRACE}-${SPAN}-00`, { ...caller, sampled: false }],
    ['with flags that are unknown', `00-${TRACE}-${SPAN}-fe`, { ...caller, sampled: false }],
    ['with spaces around', ` 00-${TRACE}-${SPAN}-03 `, caller],
    ['of a later version', `cc-${TRACE}-${SPAN}-01`, caller],
    ['of a later version that says more', `cc-${TRACE}-${SPAN}-01-what`, caller],
  ])('reads one %s', (_what, header, context) => {
    expect(parseTraceparent(header)).toEqual(context);
  });

  it.each([
    ['nothing', undefined],
    ['an empty one', ''],
    ['version ff', `ff-${TRACE}-${SPAN}-01`],
    ['version 00 that says more', `00-${TRACE}-${SPAN}-01-what`],
    ['a later version without a dash', `cc-${TRACE}-${SPAN}-01.what`],
    ['upper case', `00-${TRACE.toUpperCase()}-${SPAN}-01`],
    ['a trace id of zeros', `00-${'0'.repeat(32)}-${SPAN}-01`],
    ['a parent id of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['a short trace id', `00-${TRACE.slice(1)}-${SPAN}-01`],
    ['a short parent id', `00-${TRACE}-${SPAN.slice(1)}-01`],
    ['no flags', `00-${TRACE}-${SPAN}`],
    ['a long version', `000-${TRACE}-${SPAN}-01`],
    ['letters that are no hex', `00-${TRACE}-${SPAN}-0g`],
    ['two in one', `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`],
  ])('ignores %s', (_what, header) => {
    expect(parseTraceparent(header)).toBeNull();
  });
});

describe('a span', () => {
  it.each([
    [true, 0],
    [false, 1],
  ])('is sampled as its caller is: %s, whatever the ratio', (sampled, ratio) => {
    const span = beginSpan({ ...caller, sampled }, ratio);
    expect(span).toMatchObject({ traceId: TRACE, parentSpanId: SPAN, sampled });
    expect(span.spanId).toMatch(/^[0-9a-f]{16}$/);
    expect(span.spanId).not.toBe(SPAN);
    expect(parseTraceparent(formatTraceparent(span))).toEqual({
      traceId: TRACE,
      spanId: span.spanId,
      sampled,
    });
  });

  it.each([
    [0, 0],
    [0.25, 250],
    [1, 1_000],
  ])('that begins a trace is sampled by the ratio %d', (ratio, of1000) => {
    const spans = Array.from({ length: 1_000 }, () => beginSpan(null, ratio));
    const sampled = spans.filter((span) => span.sampled).length;
    // Six standard deviations.
    expect(Math.abs(sampled - of1000)).toBeLessThanOrEqual(ratio === 0.25 ? 82 : 0);
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1_000);
    expect(spans.every(({ parentSpanId }) => parentSpanId === null)).toBe(true);
  });

  test('of a message, and of an event, is known by its name', () => {
    // Of the FNV authors' own test vectors.
    expect(spanIdOf('foobar')).toBe('85944171f73967e8');
    expect(sendSpanId('msg_1')).toBe(spanIdOf('send msg_1'));
    expect(eventSpanId('msg_1')).not.toBe(sendSpanId('msg_1'));
    expect(childOf(caller, sendSpanId('msg_1'))).toEqual({
      ...caller,
      spanId: sendSpanId('msg_1'),
      parentSpanId: SPAN,
    });
  });
});

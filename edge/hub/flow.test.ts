import { describe, expect, it } from 'vitest';
import {
  afterCheck,
  afterEvent,
  afterReturn,
  type Flow,
  FRESH,
  isCheckDue,
  isSlow,
  mayTake,
} from './flow.ts';

const sent = (flow: Flow, events: number, characters = 1): Flow =>
  Array.from({ length: events }).reduce<Flow>((one) => afterEvent(one, characters), flow);

describe('what a client is sent before it proves that it reads', () => {
  it.each([
    ['few events', sent(FRESH, 499), { due: false, more: true }],
    ['500 events', sent(FRESH, 500), { due: true, more: true }],
    ['large events', sent(FRESH, 4, 65_536), { due: true, more: true }],
    ['some events after a check', sent(afterCheck(500, 0), 499), { due: false, more: true }],
    ['as many again', sent(afterCheck(500, 0), 500), { due: false, more: false }],
    ['as much again', sent(afterCheck(500, 0), 4, 65_536), { due: false, more: false }],
    [
      'the check is back',
      afterReturn(sent(afterCheck(500, 0), 500), 500),
      { due: true, more: true },
    ],
    [
      'another check is back',
      afterReturn(sent(afterCheck(500, 0), 500), 7),
      { due: false, more: false },
    ],
  ])('%s', (_name, flow, { due, more }) => {
    expect([isCheckDue(flow), mayTake(flow)]).toEqual([due, more]);
  });

  it('is slow when a check is not back within 30 s', () => {
    const waiting = afterCheck(500, 1_000);
    expect([31_000, 31_001].map((now) => isSlow(waiting, now))).toEqual([false, true]);
    expect(isSlow(afterReturn(waiting, 500), 99_000)).toBe(false);
  });
});

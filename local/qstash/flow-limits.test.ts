import { expect, test } from 'vitest';
import { decideFlow } from './flow-limits.ts';

const now = 100_000;

test.each([
  ['a free slot', { parallelism: 2 }, 1, undefined, true],
  ['no free slot', { parallelism: 2 }, 2, undefined, false],
  ['the first of a period', { rate: 1 }, 0, undefined, true],
  ['rate used up', { rate: 1 }, 0, { openedAt: now - 500, begun: 1 }, false],
  ['the next period', { rate: 1 }, 0, { openedAt: now - 1_000, begun: 1 }, true],
  ['both, one full', { rate: 5, parallelism: 1 }, 1, { openedAt: now, begun: 1 }, false],
])('%s', (_name, limits, inFlight, window, allow) => {
  const decision = decideFlow({ key: 'k', periodMs: 1_000, ...limits }, inFlight, window, now);
  expect(decision.allow).toBe(allow);
});

test('says when a full period ends', () => {
  const flow = { key: 'k', periodMs: 1_000, rate: 1 };
  expect(decideFlow(flow, 0, { openedAt: now - 400, begun: 1 }, now)).toEqual({
    allow: false,
    reopensAt: now + 600,
  });
});

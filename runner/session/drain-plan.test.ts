import { expect, it } from 'vitest';
import { planDrain } from './drain-plan.ts';

it.each([
  { totalMs: 290_000, plan: { sendWaitMs: 279_000, killAfterMs: 284_000, lastWordMs: 2_000 } },
  { totalMs: 24_000, plan: { sendWaitMs: 13_000, killAfterMs: 18_000, lastWordMs: 2_000 } },
  { totalMs: 12_000, plan: { sendWaitMs: 6_000, killAfterMs: 9_000, lastWordMs: 1_000 } },
  { totalMs: 1_200, plan: { sendWaitMs: 600, killAfterMs: 900, lastWordMs: 100 } },
])('$totalMs ms', ({ totalMs, plan }) => {
  expect(planDrain(totalMs)).toEqual(plan);
});

import { expect, it } from 'vitest';
import { planDrain } from './drain-plan.ts';

it.each([
  { totalMs: 290_000, plan: { sendWaitMs: 281_000, killAfterMs: 286_000, lastWordMs: 2_000 } },
  { totalMs: 20_000, plan: { sendWaitMs: 11_000, killAfterMs: 16_000, lastWordMs: 2_000 } },
  { totalMs: 4_000, plan: { sendWaitMs: 2_000, killAfterMs: 3_000, lastWordMs: 500 } },
  { totalMs: 1_000, plan: { sendWaitMs: 500, killAfterMs: 750, lastWordMs: 125 } },
])('$totalMs ms', ({ totalMs, plan }) => {
  expect(planDrain(totalMs)).toEqual(plan);
});

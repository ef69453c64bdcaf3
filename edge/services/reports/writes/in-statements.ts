import type { SQL } from 'drizzle-orm';
import type { PreparedWrite } from '../prepare-writes.ts';
import { reportStatement } from './index.ts';
import { messageSteps, stepOf } from './message-steps.ts';

export type Part = { writes: readonly PreparedWrite[]; statement: SQL };

/** The statements that write these reports, in their order: steps of messages next to each other share one. */
export function inStatements(group: readonly PreparedWrite[]): Part[] {
  const parts: Part[] = [];
  for (let start = 0; start < group.length;) {
    const run = stepsFrom(group, start);
    const [write] = group.slice(start, start + 1);
    if (write === undefined) break;
    if (run.length > 0)
      parts.push({ writes: run.map((each) => each.write), statement: messageSteps(run) });
    else parts.push({ writes: [write], statement: reportStatement(write, write.report) });
    start += Math.max(1, run.length);
  }
  return parts;
}

function stepsFrom(
  group: readonly PreparedWrite[],
  start: number,
): Parameters<typeof messageSteps>[0] {
  const run = [];
  for (const write of group.slice(start)) {
    const step = stepOf(write);
    if (step === null) break;
    run.push({ write, step });
  }
  return run;
}

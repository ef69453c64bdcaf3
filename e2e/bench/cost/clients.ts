import { gatherCrowd } from '../crowd.ts';
import { frontDoor } from '../front-door.ts';
import type { Row } from '../report.ts';
import type { Part } from './report.ts';
import { withSubject } from './subject.ts';

const TOGETHER_PER_SECOND = 100;

/** What 1,000 clients with keys of their own wait at 100 requests/s together, and how many requests a second are let in at most. */
export function clientsPart(): Promise<Part> {
  return withSubject(async ({ deployment }) => {
    const crowd = await gatherCrowd(deployment);
    const { p50, p95, statuses } = await crowd.run(TOGETHER_PER_SECOND);
    const failed = Object.entries(statuses).filter(([status]) => !status.startsWith('2'));
    const who = `${crowd.clients} clients with distinct keys, 100 requests a second together`;
    const saturated = (await frontDoor(deployment)).map(
      ({ clients, authenticated, open }): Row => ({
        what: `authenticated no-ops, ${clients} at once`,
        unit: '/s',
        actual: authenticated.perSecond,
        beside: { what: 'GET /health', actual: open.perSecond },
        ...(clients > 1 && { atLeast: 600 }),
      }),
    );
    return {
      rows: [
        { what: `${who}, p50`, unit: 'ms', actual: p50 },
        { what: `${who}, p95`, unit: 'ms', actual: p95, goal: 100 },
        {
          what: `${who}: answers other than 2xx`,
          unit: '',
          actual: failed.reduce((sum, [, count]) => sum + count, 0),
        },
        ...saturated,
      ],
    };
  });
}

import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { sampleEvent } from '../../../shared/catalogue/events/index.ts';
import { createHarness } from '../../testing/harness.ts';
import { eventsAfter, readEvents } from './read-events.ts';

const harness = await createHarness();
const { db } = harness;

type Plan = {
  'Relation Name'?: string | undefined;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number | undefined;
  Plans?: Plan[] | undefined;
};
const Plan: z.ZodType<Plan> = z.lazy(() =>
  z.object({
    'Relation Name': z.string().optional(),
    'Actual Rows': z.number(),
    'Actual Loops': z.number(),
    'Rows Removed by Filter': z.number().optional(),
    Plans: z.array(Plan).optional(),
  }),
);

/** How many rows of the log were looked at. */
const rowsRead = (plan: Plan): number => {
  const { 'Actual Rows': kept, 'Rows Removed by Filter': removed = 0 } = plan;
  const own = plan['Relation Name'] === 'events' ? (kept + removed) * plan['Actual Loops'] : 0;
  return (plan.Plans ?? []).reduce((sum, each) => sum + rowsRead(each), own);
};

const TYPES = ['message.sent', 'message.read', 'message.stalled'] as const;

/** A log in which two of 5,000 events are of a rare type. */
async function withLongLog() {
  const { workspaceId, ctx } = await harness.newWorkspace();
  const { id: sessionId } = await harness.newSession({ workspaceId });
  const samples = Object.fromEntries(TYPES.map((type) => [type, sampleEvent(type).data]));
  await db.execute(sql`
    insert into events (workspace_id, seq, id, session_id, type, data, occurred_at)
    select ${workspaceId}, n, ${`${workspaceId}-`} || n, ${sessionId}, type, ${JSON.stringify(samples)}::jsonb -> type, now()
    from generate_series(1, 5000) n cross join lateral (
      select (${sql.param(TYPES)}::text[])[case when n in (2400, 4900) then 3 else 1 + n % 2 end] as type
    ) typed`);
  await db.execute(sql`analyze events`);
  return ctx;
}

describe('events of some types', () => {
  it.each([
    ['a rare type', ['message.stalled'], [2400, 4900]],
    ['a rare and a common one', ['message.stalled', 'message.sent'], [2, 4]],
    ['a wildcard', ['message.*'], [1, 2]],
    ['a type that never was', ['message.failed'], []],
  ])('are found without reading the others: %s', async (_name, types, seqs) => {
    const ctx = await withLongLog();
    const filter = { types, sessionIds: null };
    const { events } = await readEvents(ctx, { ...filter, after: 0, limit: 2 });
    expect(events.map(({ seq }) => seq)).toEqual(seqs);
    const { rows } = await db.execute(
      sql`explain (analyze, format json) ${eventsAfter(ctx, filter, 0, 3)}`,
    );
    const Explained = z.tuple([z.object({ Plan })]);
    const [{ Plan: plan }] = Explained.parse(rows[0]?.['QUERY PLAN']);
    expect(rowsRead(plan)).toBeLessThan(50);
  });
});

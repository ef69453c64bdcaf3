import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { ServiceContext } from '../../context.ts';
import { Count } from '../../db/moment.ts';
import { latencyOf } from '../../webhooks/latency-class.ts';
import type { WebhookRow } from './webhook-view.ts';

/** So many attempts in a row that failed make an endpoint `failing`. */
const FAILING_AFTER = 3;

export type WebhookHealth = {
  status: 'healthy' | 'failing' | 'disabled';
  /** In the last 24 hours, as the other numbers; without those that Waypost refused to make. */
  attempts: number;
  /** From 0 to 1; null without attempts. */
  successShare: number | null;
  /** Latency of the 95th percentile, right to a tenth; null without attempts. */
  p95Ms: number | null;
};

const Counted = z.object({
  endpointId: z.string(),
  latencyClass: Count,
  succeeded: Count,
  failed: Count,
});
export type Counted = z.infer<typeof Counted>;

/** What the attempts at these endpoints came to in the last 24 hours, by rising class of latency. */
export async function loadCounts(
  { db }: Pick<ServiceContext, 'db'>,
  rows: readonly WebhookRow[],
): Promise<Counted[]> {
  const ids = rows.map(({ id }) => id);
  const { rows: found } = await db.execute(sql`
    select endpoint_id as "endpointId", latency_class as "latencyClass", sum(succeeded) as succeeded, sum(failed) as failed
    from webhook_health
    where endpoint_id = any(${sql.param(ids)}::text[]) and hour > now() - interval '24 hours'
    group by endpoint_id, latency_class order by latency_class`);
  return z.array(Counted).parse(found);
}

export const healthOf = (row: WebhookRow, counts: readonly Counted[]): WebhookHealth => ({
  status: statusOf(row),
  ...summarize(counts.filter(({ endpointId }) => endpointId === row.id)),
});

function statusOf({ isActive, failures }: WebhookRow): WebhookHealth['status'] {
  if (!isActive) return 'disabled';
  return failures >= FAILING_AFTER ? 'failing' : 'healthy';
}

function summarize(counted: readonly Counted[]): Omit<WebhookHealth, 'status'> {
  const attempts = counted.reduce((sum, { succeeded, failed }) => sum + succeeded + failed, 0);
  if (attempts === 0) return { attempts, successShare: null, p95Ms: null };
  const succeeded = counted.reduce((sum, one) => sum + one.succeeded, 0);
  let below = 0;
  const slowest = counted.find((one) => {
    below += one.succeeded + one.failed;
    return below >= 0.95 * attempts;
  });
  return {
    attempts,
    successShare: Math.round((succeeded / attempts) * 10_000) / 10_000,
    p95Ms: slowest === undefined ? null : latencyOf(slowest.latencyClass),
  };
}

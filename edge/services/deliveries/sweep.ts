import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Services } from '../../context.ts';
import { ring } from '../../events/ring.ts';

/** Overdue by this much, a delivery was forgotten: its doorbell was lost, or its worker died. One that QStash holds back for
 * its workspace's share may be rung for again, which changes nothing. */
const OVERDUE_SECONDS = 30;
const BATCH = 500;

const Row = z.object({ id: z.string(), workspace_id: z.string() });

/**
 * Rings anew for every endpoint of which something is overdue. What belongs to a suspended workspace waits for its return.
 * The minute in the reason lets each sweep through, and of two sweeps in one minute only one.
 * @returns how many endpoints there were
 */
export async function sweepDeliveries(services: Services): Promise<number> {
  const { rows } = await services.db.execute(sql`
    select endpoint.id, endpoint.workspace_id
    from webhook_endpoints endpoint
    join workspaces workspace on workspace.id = endpoint.workspace_id and workspace.is_active
    join lateral (
      select delivery.next_attempt_at from deliveries delivery
      where delivery.endpoint_id = endpoint.id and delivery.status = 'pending'
        and delivery.next_attempt_at < now() - make_interval(secs => ${OVERDUE_SECONDS}::int)
        and (delivery.claimed_until is null or delivery.claimed_until < now())
        and not (endpoint.fifo and exists (
          select 1 from deliveries earlier
          where earlier.endpoint_id = endpoint.id and earlier.status = 'pending'
            and earlier.event_seq < delivery.event_seq
        ))
      order by delivery.next_attempt_at limit 1
    ) overdue on true
    order by overdue.next_attempt_at limit ${BATCH}::int`);
  const minute = Math.floor(services.now() / 60_000);
  const bells = z
    .array(Row)
    .parse(rows)
    .map(({ id, workspace_id: workspaceId }) => ({
      workspaceId,
      endpointId: id,
      notBefore: null,
      reason: `sweep${minute}`,
    }));
  if (bells.length > 0) await ring(services, bells);
  return bells.length;
}

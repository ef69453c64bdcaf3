import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Services } from '../../context.ts';
import { Count } from '../../db/moment.ts';
import { publishDue } from '../../events/publish-due.ts';

/** Overdue by this much, an attempt was forgotten: its publish was lost, or its worker died. */
const OVERDUE_SECONDS = 60;
const BATCH = 500;

const Row = z.object({ id: z.string(), workspace_id: z.string(), attempt_no: Count });

/**
 * Publishes every forgotten attempt anew, whether it was published before or not; which of its calls comes first does not
 * matter. What belongs to a suspended workspace waits for its return. The minute in the de-duplication id lets each sweep through, and of two sweeps in one minute only one.
 * @returns how many there were
 */
export async function sweepDeliveries(services: Services): Promise<number> {
  const { rows } = await services.db.execute(sql`
    select delivery.id, delivery.workspace_id, delivery.attempt_no
    from deliveries delivery
    join webhook_endpoints endpoint on endpoint.id = delivery.endpoint_id
    join workspaces workspace on workspace.id = delivery.workspace_id and workspace.is_active
    where delivery.status = 'pending'
      and delivery.next_attempt_at < now() - make_interval(secs => ${OVERDUE_SECONDS}::int)
      and (delivery.claimed_until is null or delivery.claimed_until < now())
      and not (endpoint.fifo and exists (
        select 1 from deliveries earlier
        where earlier.endpoint_id = delivery.endpoint_id and earlier.status = 'pending'
          and earlier.event_seq < delivery.event_seq
      ))
    order by delivery.next_attempt_at limit ${BATCH}::int`);
  const minute = Math.floor(services.now() / 60_000);
  const due = z
    .array(Row)
    .parse(rows)
    .map(({ id, workspace_id: workspaceId, attempt_no: made }) => ({
      deliveryId: id,
      workspaceId,
      attemptNo: made + 1,
      notBefore: null,
      again: `sweep${minute}`,
    }));
  if (due.length > 0) {
    services.log({ event: 'deliveries_swept', attempts: due.length });
    await publishDue(services, due);
  }
  return due.length;
}

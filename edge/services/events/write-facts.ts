import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Services } from '../../context.ts';
import { publishDue } from '../deliveries/publish-due.ts';
import { eventCtes, lockWorkspaces } from './outbox.ts';

const Written = z.object({ deliveries: z.array(z.string()) });

/**
 * Runs a job's write with the events that tell of it, as one statement: CTEs down to `fact` (see outbox.ts). Hands what
 * it put into the outbox to QStash.
 */
export async function writeFacts(
  services: Services,
  workspaceIds: readonly string[],
  ctes: SQL,
): Promise<void> {
  const { db } = services;
  const write = sql`with ${ctes}, ${eventCtes(services.now())}
    select array(select id from outbox)::text[] as deliveries`;
  const [, result] = await db.batch([
    db.execute(lockWorkspaces([...new Set(workspaceIds)])),
    db.execute(write),
  ]);
  const { deliveries } = Written.parse(result.rows[0]);
  const due = deliveries.map((deliveryId) => ({ deliveryId, attemptNo: 1, notBefore: null }));
  if (due.length > 0) await publishDue(services, due);
}

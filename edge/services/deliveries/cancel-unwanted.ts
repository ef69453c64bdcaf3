import { sql } from 'drizzle-orm';
import { LIMITS } from '../../../shared/catalogue/limits.ts';
import type { Services } from '../../context.ts';

/** All that one endpoint can have pending. */
const BATCH = LIMITS.pendingDeliveries.limit;

/**
 * Ends what waits for endpoints that were switched off, however far off it is due: of one endpoint, or of all. What a
 * worker is sending at this moment is left to it. Rows that another writer holds are left to the next run.
 */
export async function cancelUnwanted(
  { db }: Pick<Services, 'db'>,
  endpointId: string | null = null,
): Promise<void> {
  await db.execute(sql`
    with unwanted as (
      select d.id from webhook_endpoints e join deliveries d on d.endpoint_id = e.id and d.status = 'pending'
      where not e.is_active and (${endpointId}::text is null or e.id = ${endpointId})
        and (d.claimed_until is null or d.claimed_until < now())
      limit ${BATCH}::int
      for update of d skip locked
    )
    update deliveries d set status = 'cancelled', finished_at = now(), last_error = 'the endpoint is switched off'
    from unwanted where d.id = unwanted.id`);
}

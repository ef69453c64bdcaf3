import { sql } from 'drizzle-orm';
import type { Services } from '../../context.ts';

const BATCH = 1_000;

/** Ends what waits for an endpoint that was switched off, however far off it is due. */
export async function cancelUnwanted({ db }: Pick<Services, 'db'>): Promise<void> {
  await db.execute(sql`
    update deliveries set status = 'cancelled', finished_at = now(), last_error = 'the endpoint is switched off'
    where deliveries.status = 'pending' and deliveries.id in (
      select delivery.id
      from webhook_endpoints endpoint
      join deliveries delivery on delivery.endpoint_id = endpoint.id and delivery.status = 'pending'
      where not endpoint.is_active
        and (delivery.claimed_until is null or delivery.claimed_until < now())
      limit ${BATCH}::int
    )`);
}

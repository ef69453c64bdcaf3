import { sql } from 'drizzle-orm';
import type { Services } from '../../context.ts';

/**
 * A runner's machine is known to be stopped: none of its browsers lives, so that others may take its sessions at once, and
 * nothing is placed on it until it is heard of again. Should it live after all, it hears that it lost them and closes them.
 * @param bootId of the boot that is dead; null: whichever it was
 */
export async function declareDead({
  services,
  runnerId,
  bootId,
}: {
  services: Pick<Services, 'db'>;
  runnerId: string;
  bootId: string | null;
}): Promise<void> {
  const { db } = services;
  await db.batch([
    // Its row first, as its heartbeat does: the other way round the two could deadlock.
    db.execute(sql`update runners set draining = true
      where id = ${runnerId} and (${bootId}::text is null or boot_id = ${bootId}::text)`),
    db.execute(sql`
      with dead as (
        select l.session_id, l.epoch from session_leases l
        where l.runner_id = ${runnerId} and (${bootId}::text is null or l.boot_id is null or l.boot_id = ${bootId}::text)
        order by l.session_id for update of l
      ),
      ended as (
        update lease_history h set ended_at = clock_timestamp() from dead
        where h.session_id = dead.session_id and h.epoch = dead.epoch and h.ended_at is null
      )
      update session_leases l set runner_id = null, lease_until = null from dead where l.session_id = dead.session_id`),
  ]);
}

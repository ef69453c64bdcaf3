import { type SQL, sql } from 'drizzle-orm';
import type { Services } from '../../context.ts';

const BATCH = 1_000;

/**
 * Takes the code out of `session.qr` and `session.pairing_code` events once it has expired: until then it links a phone to
 * whoever shows it. The event stays in its place, with `qr: null` or `code: null`.
 */
export async function eraseExpiredQr({ db }: Pick<Services, 'db'>): Promise<void> {
  await db.batch([db.execute(eraseQr()), db.execute(erasePairingCode())]);
}

const eraseQr = (): SQL => sql`
    update events set data = events.data || '{"qr": null}'::jsonb
    from (
      select workspace_id, seq from events
      where type = 'session.qr' and data ->> 'qr' is not null and (data ->> 'expiresAt')::timestamptz < now()
      order by created_at limit ${BATCH}::int
    ) expired
    where events.workspace_id = expired.workspace_id and events.seq = expired.seq`;

const erasePairingCode = (): SQL => sql`
    update events set data = events.data || '{"code": null}'::jsonb
    from (
      select workspace_id, seq from events
      where type = 'session.pairing_code' and data ->> 'code' is not null
        and (data ->> 'expiresAt')::timestamptz < now()
      order by created_at limit ${BATCH}::int
    ) expired
    where events.workspace_id = expired.workspace_id and events.seq = expired.seq`;

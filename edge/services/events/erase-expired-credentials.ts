import { type SQL, sql } from 'drizzle-orm';
import { EVENT_TYPES, EVENTS } from '../../../shared/catalogue/events/index.ts';
import type { Services } from '../../context.ts';

const BATCH = 1_000;

/**
 * Sets the credential of events to null once it has expired (`session.qr`, `session.pairing_code`): until then,
 * whoever has it can link a phone. The event itself is kept.
 */
export async function eraseExpiredCredentials({ db }: Pick<Services, 'db'>): Promise<void> {
  for (const type of EVENT_TYPES) {
    const { credential } = EVENTS[type];
    if (credential !== null) await db.execute(erase(type, credential));
  }
}

/** Names are written out, not passed: only then do the partial indexes of `events` fit. */
function erase(type: string, credential: string): SQL {
  const [typed, field] = [sql.raw(`'${type}'`), sql.raw(`'${credential}'`)];
  return sql`
    update events set data = events.data || jsonb_build_object(${field}, null)
    from (
      select workspace_id, seq from events
      where type = ${typed} and data ->> ${field} is not null and (data ->> 'expiresAt')::timestamptz < now()
      order by created_at limit ${BATCH}::int for update skip locked
    ) expired
    where events.workspace_id = expired.workspace_id and events.seq = expired.seq`;
}

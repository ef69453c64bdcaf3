import { sql } from 'drizzle-orm';
import { type EventType, sampleEvent } from '../../shared/catalogue/events/index.ts';
import type { Harness } from './harness.ts';

/** Writes so many events into a workspace's log, and tells nobody. */
export async function writeUnheard(
  { db }: Harness,
  { workspaceId, sessionId }: { workspaceId: string; sessionId: string },
  count: number,
  type: EventType = 'message.read',
): Promise<void> {
  await db.execute(sql`
    with numbered as (
      update workspaces set event_seq = event_seq + ${count}::int where id = ${workspaceId} returning event_seq - ${count}::int as before
    )
    insert into events (workspace_id, seq, id, session_id, type, data, occurred_at)
    select ${workspaceId}, before + n, ${`${workspaceId}-`} || (before + n), ${sessionId}, ${type},
      ${JSON.stringify(sampleEvent(type).data)}::jsonb, now()
    from numbered, generate_series(1, ${count}::int) n`);
}

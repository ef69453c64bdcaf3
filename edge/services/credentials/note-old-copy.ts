import { sql } from 'drizzle-orm';
import { factEventId } from '../../../shared/ids.ts';
import type { Services } from '../../context.ts';
import { fact } from '../../events/append.ts';
import { writeFacts } from '../../events/write-facts.ts';

const ADVICE =
  'WhatsApp asks senders again for messages that cannot be read, so you need not do anything. Messages received after the copy was made may be missing from the session’s history.';

/**
 * Says in the session's log, and by an event, that a session goes on from a copy that lacks its newest keys. Said once an
 * epoch and version: one that does not open is followed by an older one.
 */
export async function noteOldCopy(
  services: Services,
  given: { sessionId: string; workspaceId: string; epoch: number; version: number },
): Promise<void> {
  const { sessionId, workspaceId, epoch, version } = given;
  const parts = [sessionId, 'session.restored_old_copy', String(epoch), String(version)];
  const eventId = await factEventId(parts);
  const changes = sql`
    old as (
      select s.id, s.workspace_id, s.status, c.created_at,
        greatest(0, extract(epoch from now() - c.created_at))::int as age_seconds
      from sessions s
      join session_credentials c on c.session_id = s.id and c.version = ${version}::int
      where s.id = ${sessionId}
    ),
    logged as (
      insert into session_log (session_id, status, reason, epoch, report_id)
      select old.id, old.status, 'restored_old_copy: made ' || old.age_seconds || ' s ago (version ' || ${version}::int || ')',
        ${epoch}::int, ${eventId}
      from old
      on conflict (report_id) do nothing
    )`;
  await writeFacts(services, [workspaceId], changes, [
    fact('session.restored_old_copy', {
      from: sql`old`,
      id: sql`${eventId}`,
      workspaceId: sql`old.workspace_id`,
      sessionId: sql`old.id`,
      data: {
        version,
        copiedAt: sql`to_char(old.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
        ageSeconds: sql`old.age_seconds`,
        advice: ADVICE,
      },
    }),
  ]);
}

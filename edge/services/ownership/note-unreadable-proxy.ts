import { sql } from 'drizzle-orm';
import type { Services } from '../../context.ts';
import { fact } from '../../events/append.ts';
import { writeFacts } from '../../events/write-facts.ts';
import { newId } from '../../../shared/ids.ts';

const REASON = 'start_failed: its proxy cannot be decrypted';

/** Reports, once, that a session does not come up: it may not go out without its proxy. */
export async function noteUnreadableProxy(
  services: Pick<Services, 'db' | 'log' | 'now' | 'waitUntil' | 'webhookClock'>,
  { sessionId, workspaceId }: { sessionId: string; workspaceId: string },
): Promise<void> {
  const changes = sql`
    target as (
      select s.id, s.status from sessions s where s.id = ${sessionId} and s.reason <> ${REASON} for update of s
    ),
    noted as (
      update sessions s set status = 'reconnecting', reason = ${REASON}, updated_at = now()
      from target where s.id = target.id
      returning s.id, s.workspace_id, s.phone_number, s.lid, s.display_name, target.status as before
    ),
    logged as (
      insert into session_log (session_id, status, reason) select id, 'reconnecting', ${REASON} from noted
    )`;
  await writeFacts(services, [workspaceId], changes, [
    fact('session.status', {
      from: sql`noted`,
      id: sql`${newId('event', services.now())}`,
      workspaceId: sql`noted.workspace_id`,
      sessionId: sql`noted.id`,
      data: {
        from: sql`noted.before`,
        status: 'reconnecting',
        reason: REASON,
        phoneNumber: sql`noted.phone_number`,
        lid: sql`noted.lid`,
        displayName: sql`noted.display_name`,
      },
    }),
  ]);
}

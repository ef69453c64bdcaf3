import { sql } from 'drizzle-orm';
import type { Assignment } from '../../../shared/protocol/leases.ts';
import type { Services } from '../../context.ts';
import type { AfterCommit } from '../../events/after-commit.ts';
import { fact } from '../../events/append.ts';
import { writeFacts } from '../../events/write-facts.ts';
import { newId } from '../../../shared/ids.ts';

const REASON = 'start_failed: its proxy cannot be decrypted';
/** The master key may come back; a start by the user or another proxy is tried at once. */
const RETRY_MINUTES = 10;

/**
 * Takes a session back that was handed out and may not go out without its proxy: it takes no place until it is tried again.
 * Its reason says why, and an event once.
 */
export async function takeBackUnreadable(
  services: Pick<Services, 'db' | keyof AfterCommit>,
  { sessionId, workspaceId, epoch }: Assignment,
): Promise<void> {
  const changes = sql`
    returned as (
      update session_leases l set runner_id = null, boot_id = null, lease_until = null,
        retry_at = now() + ${RETRY_MINUTES}::int * interval '1 minute'
      where l.session_id = ${sessionId} and l.epoch = ${epoch}::int
      returning l.session_id
    ),
    ended as (
      update lease_history h set ended_at = clock_timestamp() from returned
      where h.session_id = returned.session_id and h.epoch = ${epoch}::int and h.ended_at is null
    ),
    target as (
      select s.id, s.status from sessions s join returned on returned.session_id = s.id
      where s.reason <> ${REASON} for update of s
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

import { type SQL, sql } from 'drizzle-orm';
import { safeTimestamp } from '../safe-values.ts';
import { ownedTarget, type ReportOf, silentStatement, type WriteContext } from './write-context.ts';

/**
 * An attempt to come online that will be repeated: in the log that people read and on the session, whose reason it is by now. No
 * event, since the status stays. A failed session keeps its reason, which says that it failed too often.
 */
export function sessionReconnect(write: WriteContext, report: ReportOf<'session.reconnect'>): SQL {
  const { spooled, eventId } = write;
  const { attempt, delayMs, nextAt, reason } = report;
  return silentStatement([
    ownedTarget(write),
    sql`logged as (
      insert into session_log (session_id, status, reason, epoch, at, attempt, delay_ms, report_id)
      select target.id, target.status, ${reason}, ${spooled.epoch}::int,
        ${safeTimestamp(spooled.occurredAt)}::timestamptz, ${attempt}::int, ${delayMs}::int, ${eventId}
      from target
      on conflict (report_id) do nothing
      returning session_id
    )`,
    sql`moved as (
      update sessions session set reconnect_attempt = ${attempt}::int,
        reconnect_at = ${safeTimestamp(nextAt)}::timestamptz, updated_at = now(),
        reason = case when session.status = 'failed' then session.reason else ${reason}::text end
      from logged where session.id = logged.session_id
    )`,
  ]);
}

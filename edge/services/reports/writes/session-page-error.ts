import { type SQL, sql } from 'drizzle-orm';
import { safeTimestamp } from '../safe-values.ts';
import { ownedTarget, type ReportOf, silentStatement, type WriteContext } from './write-context.ts';

/** Something threw on the session's page: in the log that people read. The session's status and reason stay. */
export function sessionPageError(write: WriteContext, report: ReportOf<'session.page_error'>): SQL {
  const { spooled, eventId } = write;
  const { count, where, detail } = report;
  const reason = `page_error: ${where}: ${detail}${count > 1 ? ` (${count} so far)` : ''}`;
  return silentStatement([
    ownedTarget(write),
    sql`logged as (
      insert into session_log (session_id, status, reason, epoch, at, report_id)
      select target.id, target.status, ${reason}, ${spooled.epoch}::int,
        ${safeTimestamp(spooled.occurredAt)}::timestamptz, ${eventId}
      from target
      on conflict (report_id) do nothing
    )`,
  ]);
}

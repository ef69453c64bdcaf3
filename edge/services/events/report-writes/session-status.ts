import { type SQL, sql } from 'drizzle-orm';
import { safeTimestamp } from '../safe-values.ts';
import {
  fact,
  isNews,
  ownedTarget,
  type ReportOf,
  type WriteContext,
  writeStatement,
} from './write-context.ts';

/** The owner's word on its session: the row, the log that people read, and `session.status`. */
export function sessionStatus(write: WriteContext, report: ReportOf<'session.status'>): SQL {
  const { spooled } = write;
  const at = safeTimestamp(spooled.occurredAt);
  const data = JSON.stringify({ status: report.status, reason: report.reason });
  return writeStatement(write, [
    ownedTarget(write),
    sql`moved as (
      update sessions session set
        status = ${report.status}, reason = ${report.reason},
        phone_number = coalesce(${report.phoneNumber}, session.phone_number),
        lid = coalesce(${report.lid}, session.lid),
        display_name = coalesce(${report.displayName}, session.display_name),
        web_version = coalesce(${report.webVersion}, session.web_version),
        updated_at = now()
      from target
      where session.id = target.id and ${isNews(write)}
      returning session.id, session.phone_number, session.lid, session.display_name
    )`,
    sql`logged as (
      insert into session_log (session_id, status, reason, epoch, at)
      select moved.id, ${report.status}, ${report.reason}, ${spooled.epoch}::int, ${at}::timestamptz from moved
      returning id
    )`,
    fact(write, {
      type: 'session.status',
      source: sql`cross join moved`,
      data: sql`jsonb_build_object('from', target.status) || ${data}::jsonb || jsonb_build_object(
        'phoneNumber', moved.phone_number, 'lid', moved.lid, 'displayName', moved.display_name)`,
    }),
  ]);
}

/** A fresh code to scan. It is a credential: `eraseExpiredQr` takes it out of the event when its time is over. */
export function sessionQr(write: WriteContext, report: ReportOf<'session.qr'>): SQL {
  const { qr, expiresAt } = report;
  const data = JSON.stringify({ qr, expiresAt: safeTimestamp(expiresAt) });
  return writeStatement(write, [
    ownedTarget(write),
    fact(write, { type: 'session.qr', source: sql``, data: sql`${data}::jsonb` }),
  ]);
}

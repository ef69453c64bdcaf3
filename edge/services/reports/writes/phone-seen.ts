import { type SQL, sql } from 'drizzle-orm';
import { PHONE_UNSEEN_AFTER_DAYS } from '../../sessions/note-unseen-phones.ts';
import { safeTimestamp } from '../safe-values.ts';
import { factTarget, type ReportOf, silentStatement, type WriteContext } from './write-context.ts';

/** When the phone was there last. A runner's clock that is ahead must not hide a silence to come. */
export function phoneSeen(write: WriteContext, report: ReportOf<'phone.seen'>): SQL {
  const at = sql`least(${safeTimestamp(report.at)}::timestamptz, now())`;
  return silentStatement([
    factTarget(write),
    sql`seen as (
      update sessions session set phone_seen_at = ${at},
        phone_unseen_at = case when ${at} < now() - make_interval(days => ${PHONE_UNSEEN_AFTER_DAYS}::int)
          then session.phone_unseen_at end
      from target
      where session.id = target.id and (session.phone_seen_at is null or session.phone_seen_at < ${at})
      returning session.id
    )`,
  ]);
}

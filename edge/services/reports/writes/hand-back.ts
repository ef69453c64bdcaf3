import { type SQL, sql } from 'drizzle-orm';
import { factTarget, type ReportOf, silentStatement, type WriteContext } from './write-context.ts';

/**
 * Returns a message that was not begun to its old place in the queue. Only its claimer or a later owner may report that.
 * The report's name is kept, so that its repetition cannot pull the message out of the hands of an owner that has claimed
 * it since.
 */
export function handBack(write: WriteContext, report: ReportOf<'message.settled'>): SQL {
  const { bootId, spoolSeq, epoch } = write.spooled;
  const name = `${bootId}:${spoolSeq}`;
  return silentStatement([
    factTarget(write),
    sql`handed_back as (
      update messages message
      set status = 'queued', status_rank = 0, claim_epoch = null, releases = array_append(message.releases, ${name}),
        attempts = greatest(message.attempts, ${report.attempts ?? 0}::smallint)
      from target
      where message.id = ${report.messageId} and message.session_id = target.id and message.status = 'sending'
        and message.claim_epoch <= ${epoch}::int and not ${name} = any(message.releases)
      returning message.id
    )`,
  ]);
}

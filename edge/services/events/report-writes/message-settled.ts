import { type SQL, sql } from 'drizzle-orm';
import { raiseStatus } from './message-progress.ts';
import {
  factTarget,
  type ReportOf,
  type WriteContext,
  silentStatement,
  writeStatement,
} from './write-context.ts';

const UNEXPLAINED = { code: 'MESSAGE_FAILED', message: 'The message could not be sent.' };

/**
 * How a send of ours ended. That it left is true whoever says so; that it failed, is unknown or was not begun counts only
 * from the owner that claimed it or a later one, since an earlier owner cannot know what came after.
 */
export function messageSettled(write: WriteContext, report: ReportOf<'message.settled'>): SQL {
  const itself = sql`message.id = ${report.messageId}`;
  const claimed = sql`message.claim_epoch <= ${write.spooled.epoch}::int`;
  const raise = (status: 'sent' | 'failed' | 'unknown'): SQL =>
    writeStatement(write, [
      factTarget(write),
      ...raiseStatus(write, {
        which: status === 'sent' ? itself : sql`${itself} and ${claimed}`,
        status,
        wireKey: report.wireKey,
        error: status === 'failed' ? (report.error ?? UNEXPLAINED) : null,
      }),
    ]);
  return report.outcome === 'not_begun'
    ? handBack(write, sql`${itself} and ${claimed}`, report.attempts ?? 0)
    : raise(report.outcome);
}

/**
 * Back into the queue, at its old place. The report's name is kept, so that its repetition cannot pull the message out of the hands of an
 * owner that has claimed it since.
 */
function handBack(write: WriteContext, which: SQL, attempts: number): SQL {
  const name = `${write.spooled.bootId}:${write.spooled.spoolSeq}`;
  return silentStatement([
    factTarget(write),
    sql`handed_back as (
      update messages message
      set status = 'queued', status_rank = 0, claim_epoch = null, releases = array_append(message.releases, ${name}),
        attempts = greatest(message.attempts, ${attempts}::smallint)
      from target
      where message.session_id = target.id and message.status = 'sending' and ${which}
        and not ${name} = any(message.releases)
      returning message.id
    )`,
  ]);
}

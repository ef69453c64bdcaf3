import { type SQL, sql } from 'drizzle-orm';
import { statusOfAck } from '../../../../shared/message-status.ts';
import { raiseStatus } from './message-progress.ts';
import {
  factTarget,
  type ReportOf,
  type WriteContext,
  silentStatement,
  writeStatement,
} from './write-context.ts';

const REFUSED = { code: 'MESSAGE_FAILED', message: 'WhatsApp reported an error for this message.' };

/** An ack for a message of ours. Acks of what was sent from the phone itself find no row and change nothing. */
export function messageAck(write: WriteContext, report: ReportOf<'message.ack'>): SQL {
  const status = statusOfAck(report.ack);
  if (status === undefined) return silentStatement([factTarget(write)]);
  return writeStatement(write, [
    factTarget(write),
    ...raiseStatus(write, {
      which:
        write.messageId === null
          ? sql`message.wire_id = ${report.wireId}`
          : sql`message.id = ${write.messageId}`,
      status,
      wireKey: report.wireKey,
      error: status === 'failed' ? REFUSED : null,
    }),
  ]);
}

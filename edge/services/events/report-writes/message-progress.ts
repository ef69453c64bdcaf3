import { type SQL, sql } from 'drizzle-orm';
import { MESSAGE_STATUS_RANK, type MessageStatus } from '../../../../shared/message-status.ts';
import { safeTimestamp } from '../safe-values.ts';
import { fact, type WriteContext } from './write-context.ts';

type MessageError = { code: string; message: string };

/**
 * Raises an outbound message's status and writes `message.<status>`. A level that WhatsApp skips (read before delivered)
 * makes the event of the level reached only; the times of the skipped ones are filled in.
 * @param which condition on `message` that picks the row
 */
export function raiseStatus(
  write: WriteContext,
  input: { which: SQL; status: MessageStatus; wireKey: string | null; error: MessageError | null },
): SQL[] {
  const { status, error } = input;
  const rank = MESSAGE_STATUS_RANK[status];
  const at = safeTimestamp(write.spooled.occurredAt);
  const reached = (column: string, level: MessageStatus): SQL =>
    rank >= MESSAGE_STATUS_RANK[level]
      ? sql`coalesce(message.${sql.identifier(column)}, ${at}::timestamptz)`
      : sql`message.${sql.identifier(column)}`;
  return [
    sql`raised as (
      update messages message set
        status = ${status}, status_rank = ${rank}::int,
        wire_id = coalesce(${write.wireId}, message.wire_id),
        wire_key = coalesce(${input.wireKey}, message.wire_key),
        sent_at = ${reached('sent_at', 'sent')},
        delivered_at = ${reached('delivered_at', 'delivered')},
        read_at = ${reached('read_at', 'read')},
        played_at = ${reached('played_at', 'played')},
        failed_at = ${status === 'failed' ? sql`${at}::timestamptz` : sql`null`},
        error = ${error === null ? null : JSON.stringify(error)}::jsonb
      from target
      where message.session_id = ${write.spooled.sessionId} and message.direction = 'outbound'
        and message.status_rank < ${rank}::int and ${input.which}
      returning message.id, message.chat_id, message.wire_id, message.status, message.error
    )`,
    fact(write, {
      type: `message.${status}`,
      source: sql`cross join raised`,
      data: sql`jsonb_build_object('messageId', raised.id, 'chatId', raised.chat_id, 'wireId', raised.wire_id,
        'status', raised.status) || case when raised.error is null then '{}'::jsonb
        else jsonb_build_object('error', raised.error) end`,
    }),
  ];
}

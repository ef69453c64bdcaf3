import { type SQL, sql } from 'drizzle-orm';
import { newId } from '../../../../shared/ids.ts';
import { MESSAGE_STATUS_RANK } from '../../../../shared/message-status.ts';
import { stableChatId } from './person-ids.ts';
import { isNews, type WriteContext } from './write-context.ts';

/**
 * CTEs over `target` that queue the session's `rejectCallText` for who called, if it has one. Its runner learns of the message with its
 * next heartbeat. A call that became known late is not answered.
 */
export const answerCall = (write: WriteContext, callerId: string): SQL[] => [
  sql`answering as (
    update sessions session set queue_seq = session.queue_seq + 1
    from target
    where session.id = target.id and session.reject_call_text is not null and not target.late and ${isNews(write)}
    returning session.id, session.workspace_id, session.queue_seq, session.phone_number, session.reject_call_text
  )`,
  sql`answer as (
    insert into messages (id, workspace_id, session_id, direction, chat_id, type, content, status, status_rank, queue_seq,
      sender_number, expires_at)
    select ${newId('message', write.now)}, answering.workspace_id, answering.id, 'outbound',
      ${stableChatId(sql`answering.id`, callerId)}, 'text',
      jsonb_build_object('type', 'text', 'text', answering.reject_call_text, 'linkPreview', true), 'queued',
      ${MESSAGE_STATUS_RANK.queued}::smallint, answering.queue_seq, answering.phone_number, now() + interval '10 minutes'
    from answering
  )`,
];

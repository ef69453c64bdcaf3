import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { ERRORS } from '../../../shared/errors.ts';
import { MESSAGE_STATUS_RANK } from '../../../shared/message-status.ts';
import { deriveWireId } from '../../../shared/wire-id.ts';
import type { Services } from '../../context.ts';
import { ackEventId } from './fact-ids.ts';
import { unowned } from './unowned.ts';
import { writeFacts } from './write-facts.ts';

const BATCH = 200;

const Candidate = z.object({
  id: z.string(),
  session_id: z.string(),
  workspace_id: z.string(),
  session_key: z.string(),
});

/**
 * Fails queued messages whose time is over and whose session nobody owns. While there is an owner it does so itself, in
 * order. The event's id is the one that a runner's report of the same failure would have.
 */
export async function expireQueuedMessages(services: Services): Promise<void> {
  const { db } = services;
  const { rows } = await db.execute(sql`
    select message.id, message.session_id, message.workspace_id, session.wire_key as session_key
    from messages message join sessions session on session.id = message.session_id
    where message.status = 'queued' and message.expires_at < now() and ${unowned(sql`message.session_id`)}
    order by message.session_id, message.queue_seq limit ${BATCH}::int`);
  const expired = z.array(Candidate).parse(rows);
  if (expired.length === 0) return;
  const facts = await Promise.all(
    expired.map(async ({ id, session_id, session_key }, index) => ({
      ord: index,
      message_id: id,
      event_id: await ackEventId(session_id, await deriveWireId(session_key, id), -1),
    })),
  );
  const error = JSON.stringify({ code: 'EXPIRED', message: ERRORS.EXPIRED.message });
  const ctes = sql`
    expired as (
      select * from jsonb_to_recordset(${JSON.stringify(facts)}::jsonb)
        as given(ord int, message_id text, event_id text)
    ),
    failed as (
      update messages message set
        status = 'failed', status_rank = ${MESSAGE_STATUS_RANK.failed}::int, failed_at = now(), error = ${error}::jsonb
      from expired
      where message.id = expired.message_id and message.status = 'queued' and message.expires_at < now()
        and ${unowned(sql`message.session_id`)}
      returning expired.ord, expired.event_id, message.id, message.workspace_id, message.session_id, message.chat_id,
        message.error
    ),
    fact as (
      select ord, event_id as id, workspace_id, session_id, 'message.failed' as type,
        jsonb_build_object('messageId', failed.id, 'chatId', chat_id, 'wireId', null, 'status', 'failed', 'error', error)
          as data,
        now() as occurred_at, false as late
      from failed
    )`;
  const workspaceIds = expired.map(({ workspace_id }) => workspace_id);
  await writeFacts(services, workspaceIds, ctes);
}

import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { ERRORS } from '../../../shared/errors.ts';
import { MESSAGE_STATUS_RANK } from '../../../shared/message-status.ts';
import { deriveWireId } from '../../../shared/wire-id.ts';
import type { Services } from '../../context.ts';
import { fact } from '../../events/append.ts';
import { writeFacts } from '../../events/write-facts.ts';
import { ackEventId } from './fact-ids.ts';
import { unowned } from './unowned.ts';

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
  const error = { code: 'EXPIRED', message: ERRORS.EXPIRED.message } as const;
  const changes = sql`
    expired as (
      select * from jsonb_to_recordset(${JSON.stringify(facts)}::jsonb)
        as given(ord int, message_id text, event_id text)
    ),
    failed as (
      update messages message set
        status = 'failed', status_rank = ${MESSAGE_STATUS_RANK.failed}::int, failed_at = now(), error = ${JSON.stringify(error)}::jsonb
      from expired
      where message.id = expired.message_id and message.status = 'queued' and message.expires_at < now()
        and ${unowned(sql`message.session_id`)}
      returning expired.ord, expired.event_id, message.id, message.workspace_id, message.session_id, message.chat_id
    )`;
  const workspaceIds = expired.map(({ workspace_id }) => workspace_id);
  await writeFacts(services, workspaceIds, changes, [
    fact('message.failed', {
      from: sql`failed`,
      id: sql`failed.event_id`,
      workspaceId: sql`failed.workspace_id`,
      sessionId: sql`failed.session_id`,
      ord: sql`failed.ord`,
      data: {
        messageId: sql`failed.id`,
        chatId: sql`failed.chat_id`,
        wireId: null,
        status: 'failed',
        error,
      },
    }),
  ]);
}

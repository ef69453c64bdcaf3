import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { MESSAGE_STATUS_RANK } from '../../../shared/message-status.ts';
import { deriveWireId } from '../../../shared/wire-id.ts';
import type { Services } from '../../context.ts';
import { fact } from '../../events/append.ts';
import { writeFacts } from '../../events/write-facts.ts';
import { settledEventId } from '../reports/fact-ids.ts';
import { countMessages } from '../statistics/count-messages.ts';
import { isOwned } from '../ownership/internal.ts';

const BATCH = 200;

/** Counted from the message's own expiry. */
const PATIENCE = '1 day';

const Candidate = z.object({
  id: z.string(),
  session_id: z.string(),
  workspace_id: z.string(),
  session_key: z.string(),
});

/**
 * Calls messages unknown that were claimed, never settled, and whose session has had no owner since who could look them
 * up: stopped for good, say. Later proof may still raise them.
 */
export async function giveUpUnsettled(services: Services): Promise<void> {
  const { db } = services;
  const isLeft = sql`message.status = 'sending' and message.expires_at < now() - ${PATIENCE}::interval
    and not exists (select from session_leases l where l.session_id = message.session_id and ${isOwned()})`;
  const { rows } = await db.execute(sql`
    select message.id, message.session_id, message.workspace_id, session.wire_key as session_key
    from messages message join sessions session on session.id = message.session_id
    where ${isLeft}
    order by message.session_id, message.queue_seq limit ${BATCH}::int`);
  const left = z.array(Candidate).parse(rows);
  if (left.length === 0) return;
  const facts = await Promise.all(
    left.map(async ({ id, session_id, session_key }, index) => ({
      ord: index,
      message_id: id,
      event_id: await settledEventId(session_id, await deriveWireId(session_key, id), 'unknown'),
    })),
  );
  const changes = sql`
    left_over as (
      select * from jsonb_to_recordset(${JSON.stringify(facts)}::jsonb)
        as given(ord int, message_id text, event_id text)
    ),
    given_up as (
      update messages message set status = 'unknown', status_rank = ${MESSAGE_STATUS_RANK.unknown}::int
      from left_over
      where message.id = left_over.message_id and ${isLeft}
      returning left_over.ord, left_over.event_id, message.id, message.workspace_id, message.session_id, message.chat_id,
        message.reference, message.trace, message.type
    ),
    ${countMessages(sql`given_up`, sql`now()`, { unknown: sql`true` })}`;
  const workspaceIds = left.map(({ workspace_id }) => workspace_id);
  await writeFacts(services, workspaceIds, changes, [
    fact('message.unknown', {
      from: sql`given_up`,
      id: sql`given_up.event_id`,
      workspaceId: sql`given_up.workspace_id`,
      sessionId: sql`given_up.session_id`,
      ord: sql`given_up.ord`,
      trace: sql`given_up.trace`,
      data: {
        messageId: sql`given_up.id`,
        reference: sql`given_up.reference`,
        chatId: sql`given_up.chat_id`,
        wireId: null,
        status: 'unknown',
      },
    }),
  ]);
}

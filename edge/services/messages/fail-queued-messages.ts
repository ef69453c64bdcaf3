import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { type ErrorCode, ERRORS } from '../../../shared/errors.ts';
import { MESSAGE_STATUS_RANK } from '../../../shared/message-status.ts';
import { deriveWireId } from '../../../shared/wire-id.ts';
import { fact } from '../../events/append.ts';
import { writeFacts } from '../../events/write-facts.ts';
import { countMessages } from '../statistics/count-messages.ts';
import { ackEventId } from '../reports/fact-ids.ts';

const BATCH = 200;

const Candidate = z.object({
  id: z.string(),
  session_id: z.string(),
  workspace_id: z.string(),
  session_key: z.string(),
});

export type FailServices = Parameters<typeof writeFacts>[0];

/**
 * Fails queued messages, with their events: 200 of them at most. An event's id is the one that a runner's report of the same
 * failure would have, so both may do it.
 * @param which condition on `message` (messages) and `session` (sessions); asked again under the message's lock
 * @returns how many there were
 */
export async function failQueuedMessages(
  services: FailServices,
  { which, code }: { which: SQL; code: ErrorCode },
): Promise<number> {
  const { db } = services;
  const { rows } = await db.execute(sql`
    select message.id, message.session_id, message.workspace_id, session.wire_key as session_key
    from messages message join sessions session on session.id = message.session_id
    where message.status = 'queued' and ${which}
    order by message.session_id, message.queue_seq limit ${BATCH}::int`);
  const found = z.array(Candidate).parse(rows);
  if (found.length === 0) return 0;
  const facts = await Promise.all(
    found.map(async ({ id, session_id, session_key }, index) => ({
      ord: index,
      message_id: id,
      event_id: await ackEventId(session_id, await deriveWireId(session_key, id), -1),
    })),
  );
  const error = { code, message: ERRORS[code].message };
  const changes = sql`
    given as (
      select * from jsonb_to_recordset(${JSON.stringify(facts)}::jsonb)
        as given(ord int, message_id text, event_id text)
    ),
    failed as (
      update messages message set
        status = 'failed', status_rank = ${MESSAGE_STATUS_RANK.failed}::int, failed_at = now(), error = ${JSON.stringify(error)}::jsonb
      from given, sessions session
      where message.id = given.message_id and session.id = message.session_id and message.status = 'queued'
        and ${which}
      returning given.ord, given.event_id, message.id, message.workspace_id, message.session_id, message.chat_id,
        message.reference, message.trace, message.type
    ),
    ${countMessages(sql`failed`, sql`now()`, { failed: sql`true` })}`;
  const workspaceIds = found.map(({ workspace_id }) => workspace_id);
  await writeFacts(services, workspaceIds, changes, [
    fact('message.failed', {
      from: sql`failed`,
      id: sql`failed.event_id`,
      workspaceId: sql`failed.workspace_id`,
      sessionId: sql`failed.session_id`,
      ord: sql`failed.ord`,
      trace: sql`failed.trace`,
      data: {
        messageId: sql`failed.id`,
        reference: sql`failed.reference`,
        chatId: sql`failed.chat_id`,
        wireId: null,
        status: 'failed',
        error,
      },
    }),
  ]);
  return found.length;
}

import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { factEventId } from '../../../shared/ids.ts';
import type { Services } from '../../context.ts';
import { fact } from '../../events/append.ts';
import { writeFacts } from '../../events/write-facts.ts';

const BATCH = 200;

/** What has been undelivered for longer is no news: there is no use in telling all of the past at once. */
const NO_NEWS_AFTER = '2 days';

const Candidate = z.object({ id: z.string(), workspace_id: z.string() });

/**
 * Tells, once for each message, that WhatsApp took it and the recipient's phone has not got it for
 * MESSAGE_STALLED_AFTER_MINUTES. People only: a group or channel has no one whose delivery would say something.
 */
export async function noteStalledMessages(services: Services): Promise<void> {
  const { db, env } = services;
  const isStalled = sql`message.status = 'sent' and message.stalled_at is null
    and message.direction = 'outbound' and message.written_on is null and message.chat_id ~ '@(c\\.us|lid)$'
    and message.sent_at < now() - ${env.MESSAGE_STALLED_AFTER_MINUTES}::int * interval '1 minute'`;
  const { rows } = await db.execute(sql`
    select message.id, message.workspace_id from messages message
    where ${isStalled}
      and message.sent_at > now() - ${NO_NEWS_AFTER}::interval - ${env.MESSAGE_STALLED_AFTER_MINUTES}::int * interval '1 minute'
    order by message.sent_at limit ${BATCH}::int`);
  const stalled = z.array(Candidate).parse(rows);
  if (stalled.length === 0) return;
  const facts = await Promise.all(
    stalled.map(async ({ id }, index) => ({
      ord: index,
      message_id: id,
      event_id: await factEventId([id, 'message.stalled']),
    })),
  );
  const changes = sql`
    stalled as (
      select * from jsonb_to_recordset(${JSON.stringify(facts)}::jsonb)
        as given(ord int, message_id text, event_id text)
    ),
    noted as (
      update messages message set stalled_at = now()
      from stalled
      where message.id = stalled.message_id and ${isStalled}
      returning stalled.ord, stalled.event_id, message.id, message.workspace_id, message.session_id, message.chat_id,
        message.reference, message.trace, message.wire_id, message.sent_at
    )`;
  const workspaceIds = stalled.map(({ workspace_id }) => workspace_id);
  await writeFacts(services, workspaceIds, changes, [
    fact('message.stalled', {
      from: sql`noted`,
      id: sql`noted.event_id`,
      workspaceId: sql`noted.workspace_id`,
      sessionId: sql`noted.session_id`,
      ord: sql`noted.ord`,
      trace: sql`noted.trace`,
      data: {
        messageId: sql`noted.id`,
        reference: sql`noted.reference`,
        chatId: sql`noted.chat_id`,
        wireId: sql`noted.wire_id`,
        status: 'sent',
        sentAt: sql`to_char(noted.sent_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
      },
    }),
  ]);
}

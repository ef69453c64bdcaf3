import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { factEventId } from '../../../shared/ids.ts';
import type { Services } from '../../context.ts';
import { Count } from '../../db/moment.ts';
import { fact } from '../../events/append.ts';
import { writeFacts } from '../../events/write-facts.ts';

const BATCH = 200;
/** A runner that restarts asks for the file again, and files of one session come one after the other. */
const GIVEN_UP_AFTER = '30 minutes';
const ERROR = 'The file did not come; ask for it again.';

const Candidate = z.object({ id: z.string(), workspace_id: z.string(), since: Count });

/** Ends the wait for files that no runner reports any more. One that comes later is still taken. */
export async function giveUpPendingMedia(services: Services): Promise<void> {
  const isOld = sql`message.media_pending_since < now() - ${GIVEN_UP_AFTER}::interval`;
  const { rows } = await services.db.execute(sql`
    select message.id, message.workspace_id, floor(extract(epoch from message.media_pending_since) * 1000) as since
    from messages message where ${isOld} order by message.media_pending_since limit ${BATCH}::int`);
  const old = z.array(Candidate).parse(rows);
  if (old.length === 0) return;
  const facts = await Promise.all(
    old.map(async ({ id, since }, index) => ({
      ord: index,
      message_id: id,
      event_id: await factEventId([id, 'message.media', String(since)]),
    })),
  );
  const changes = sql`
    old as (
      select * from jsonb_to_recordset(${JSON.stringify(facts)}::jsonb)
        as given(ord int, message_id text, event_id text)
    ),
    failed as (
      update messages message
      set media_pending_since = null, content = jsonb_set(message.content, '{media,error}', to_jsonb(${ERROR}::text))
      from old
      where message.id = old.message_id and ${isOld}
      returning old.ord, old.event_id, message.id, message.workspace_id, message.session_id, message.chat_id, message.wire_id,
        message.content -> 'media' as media
    )`;
  await writeFacts(
    services,
    old.map(({ workspace_id }) => workspace_id),
    changes,
    [
      fact('message.media', {
        from: sql`failed`,
        id: sql`failed.event_id`,
        workspaceId: sql`failed.workspace_id`,
        sessionId: sql`failed.session_id`,
        ord: sql`failed.ord`,
        data: {
          messageId: sql`failed.id`,
          chatId: sql`failed.chat_id`,
          wireId: sql`failed.wire_id`,
          media: {
            id: null,
            status: 'failed',
            url: null,
            link: null,
            mimetype: sql`failed.media -> 'mimetype'`,
            filename: sql`failed.media -> 'filename'`,
            sizeBytes: sql`failed.media -> 'sizeBytes'`,
            error: ERROR,
          },
        },
      }),
    ],
  );
}

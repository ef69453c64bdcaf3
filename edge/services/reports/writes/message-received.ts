import { type SQL, sql } from 'drizzle-orm';
import { newId } from '../../../../shared/ids.ts';
import { MESSAGE_STATUS_RANK } from '../../../../shared/message-status.ts';
import { fact } from '../../../events/append.ts';
import { safeTimestamp } from '../safe-values.ts';
import { personCtes } from './person-ids.ts';
import {
  factTarget,
  isNews,
  messageByWireId,
  reported,
  type ReportOf,
  type WriteContext,
  writeStatement,
} from './write-context.ts';

/** Inbound messages enter the log as `delivered`: they reached us, and reading them is another matter. */
const INBOUND_STATUS = 'delivered';

export function messageReceived(write: WriteContext, report: ReportOf<'message.received'>): SQL {
  const { media } = report;
  const sentAt = safeTimestamp(report.timestamp);
  const content = JSON.stringify({
    text: report.text,
    fromName: report.from.name,
    isGroup: report.isGroup,
    media,
    location: report.location,
    vcards: report.vcards,
    poll: report.poll,
    mentions: report.mentions,
    quotedWireId: report.quotedWireId,
  });
  const isPersonsChat = report.chatId === report.from.id;
  const event = fact('message.received', {
    ...reported(write, { beside: sql`cross join received`, occurredAt: report.timestamp }),
    data: {
      messageId: sql`received.id`,
      chatId: sql`received.chat_id`,
      wireId: report.wireId,
      from: {
        id: sql`received.from_id`,
        lid: sql`received.from_lid`,
        name: report.from.name,
      },
      isGroup: report.isGroup,
      type: report.type,
      text: report.text,
      media: media && {
        id: sql`received.media_id`,
        mimetype: media.mimetype,
        filename: media.filename,
        sizeBytes: media.sizeBytes,
        error: media.error,
      },
      location: report.location,
      vcards: report.vcards,
      poll: report.poll,
      mentions: report.mentions,
      quotedMessageId: sql`received.quoted_message_id`,
      quotedWireId: report.quotedWireId,
      sentAt,
      backfilled: report.backfilled,
    },
  });
  const change = [
    factTarget(write),
    ...personCtes(write, report.from),
    sql`file as (
      select media.id from media join target on target.workspace_id = media.workspace_id
      where media.id = ${media?.mediaId ?? null}
    )`,
    sql`quoted as (${messageByWireId(write, report.quotedWireId)})`,
    sql`received as (
      insert into messages (id, workspace_id, session_id, direction, chat_id, from_id, from_lid, type, content, status,
        status_rank, wire_id, wire_key, quoted_message_id, quoted_wire_id, media_id, sent_at, delivered_at)
      select ${newId('message', write.now)}, target.workspace_id, target.id, 'inbound',
        ${isPersonsChat ? sql`who.chat_id` : sql`${report.chatId}::text`}, who.id,
        who.lid, ${report.type}, ${content}::jsonb, ${INBOUND_STATUS},
        ${MESSAGE_STATUS_RANK[INBOUND_STATUS]}::int, ${report.wireId}, ${report.wireKey}, (select quoted.id from quoted),
        ${report.quotedWireId}::text, (select id from file), ${sentAt}::timestamptz,
        ${safeTimestamp(write.spooled.occurredAt)}::timestamptz
      from target cross join who
      where ${isNews(write)}
      on conflict (session_id, direction, wire_id) do nothing
      returning id, chat_id, from_id, from_lid, quoted_message_id, media_id
    )`,
  ];
  return writeStatement(write, change, event);
}

import { type SQL, sql } from 'drizzle-orm';
import { newId } from '../../../../shared/ids.ts';
import { MESSAGE_STATUS_RANK } from '../../../../shared/message-status.ts';
import { fact } from '../../../events/append.ts';
import { stopWordOf } from '../../opt-outs/internal.ts';
import { countMessages } from '../../statistics/count-messages.ts';
import { safeTimestamp } from '../safe-values.ts';
import { fileCte, fileOf, pendingSince } from './message-media.ts';
import { otherForm, personCtes, stableChatId } from './person-ids.ts';
import {
  factTarget,
  isNews,
  messageByWireId,
  reported,
  type ReportOf,
  silentStatement,
  type WriteContext,
  writeStatement,
} from './write-context.ts';

/** Inbound messages enter the log as `delivered`: they reached us, and reading them is another matter. */
const INBOUND_STATUS = 'delivered';

type Received = ReportOf<'message.received'>;

/** A message that somebody else wrote, or one in the session's name that was not sent through us. */
export function messageReceived(write: WriteContext, report: Received): SQL {
  return report.writtenOn === null
    ? messageOfOthers(write, report)
    : messageEcho(write, report, report.writtenOn);
}

function messageOfOthers(write: WriteContext, report: Received): SQL {
  const { media } = report;
  const sentAt = safeTimestamp(report.timestamp);
  const content = contentOf(write, report, { fromName: report.from.name });
  const isPersonsChat = report.chatId === report.from.id;
  const event = fact('message.received', {
    ...reported(write, { beside: sql`cross join received`, occurredAt: report.timestamp }),
    data: {
      messageId: sql`received.id`,
      chatId: sql`received.chat_id`,
      wireId: report.wireId,
      from: sql`(select who.person from who)`,
      ...saidOf(write, report),
    },
  });
  const change = [
    factTarget(write),
    ...personCtes(write, report.from),
    fileCte(media),
    sql`quoted as (${messageByWireId(write, report.quotedWireId)})`,
    sql`received as (
      insert into messages (id, workspace_id, session_id, direction, chat_id, from_id, from_lid, type, content, status,
        status_rank, wire_id, wire_key, quoted_message_id, quoted_wire_id, media_id, media_pending_since, sent_at, delivered_at)
      select ${newId('message', write.now)}, target.workspace_id, target.id, 'inbound',
        ${isPersonsChat ? sql`who.chat_id` : sql`${report.chatId}::text`}, who.id,
        who.lid, ${report.type}, ${content}::jsonb, ${INBOUND_STATUS},
        ${MESSAGE_STATUS_RANK[INBOUND_STATUS]}::int, ${report.wireId}, ${report.wireKey}, (select quoted.id from quoted),
        ${report.quotedWireId}::text, (select id from file), ${pendingSince(media)}, ${sentAt}::timestamptz,
        ${safeTimestamp(write.spooled.occurredAt)}::timestamptz
      from target cross join who
      where ${isNews(write)}
      on conflict (session_id, direction, wire_id) do nothing
      returning id, workspace_id, session_id, type, chat_id, quoted_message_id, media_id, sent_at
    )`,
    countMessages(sql`received`, sql`sent_at`, { received: sql`true` }),
    ...(isPersonsChat ? [...leadCtes(write, report), ...optOutCtes(write, report)] : []),
  ];
  return writeStatement(write, change, event);
}

/**
 * Makes a lead of who writes, where the workspace wants that. Somebody who is one already, under whichever id, stays one and gets
 * the ids that are known by now. Reads `received`, `who` and `target`.
 */
const leadCtes = ({ now }: WriteContext, { from: { name } }: Received): SQL[] => [
  sql`writer as (
    select target.workspace_id, target.id as session_id, who.id, who.lid
    from received cross join who cross join target join workspaces w on w.id = target.workspace_id
    where w.capture_leads
  )`,
  sql`known_lead as (
    select l.id, l.person_id from writer join leads l on l.workspace_id = writer.workspace_id
      and l.person_id in (writer.id, writer.lid, ${otherForm(sql`writer.id`)})
    union
    select l.id, l.person_id from writer join leads l on l.workspace_id = writer.workspace_id and l.lid = writer.lid
  )`,
  sql`completed as (
    update leads l set person_id = writer.id, lid = coalesce(writer.lid, l.lid)
    from writer
    where l.id = (select id from known_lead order by person_id = writer.id desc, id limit 1)
      and (l.person_id <> writer.id or (l.lid is null and writer.lid is not null))
      and writer.id not like '%@lid'
  )`,
  sql`captured as (
    insert into leads (id, workspace_id, session_id, person_id, lid, name, source)
    select ${newId('lead', now)}, writer.workspace_id, writer.session_id, writer.id, writer.lid, ${name}::text, 'inbound'
    from writer where not exists (select from known_lead)
    on conflict (workspace_id, person_id) do nothing
  )`,
];

const LONGEST_STOP_WORD = 40;

/** Opts out whoever wrote a stop word of the workspace, and nothing else. Reads `received`, `who` and `target`. */
function optOutCtes({ now }: WriteContext, { type, text }: Received): SQL[] {
  if (type !== 'text' || text === null || text.length > 2 * LONGEST_STOP_WORD) return [];
  return [
    sql`opted_out as (
      insert into opt_outs (id, workspace_id, person_id, lid, source)
      select ${newId('optOut', now)}, target.workspace_id, who.id, who.lid, 'stop_word'
      from received cross join who cross join target join workspaces w on w.id = target.workspace_id
      where ${stopWordOf(text)} = any(w.stop_words)
      on conflict (workspace_id, person_id) do update set lid = coalesce(excluded.lid, opt_outs.lid)
      returning id
    )`,
  ];
}

/**
 * The same of a message of the session's own. One that is in the queue, or was, is no echo: the runner that found it in the
 * history cannot know that.
 */
function messageEcho(
  write: WriteContext,
  report: Received,
  writtenOn: NonNullable<Received['writtenOn']>,
): SQL {
  if (write.messageId !== null) return silentStatement([factTarget(write)]);
  const sentAt = safeTimestamp(report.timestamp);
  const event = fact('message.echo', {
    ...reported(write, { beside: sql`cross join received`, occurredAt: report.timestamp }),
    data: {
      messageId: sql`received.id`,
      chatId: sql`received.chat_id`,
      wireId: report.wireId,
      writtenOn,
      ...saidOf(write, report),
    },
  });
  const change = [
    factTarget(write),
    fileCte(report.media),
    sql`quoted as (${messageByWireId(write, report.quotedWireId)})`,
    sql`received as (
      insert into messages (id, workspace_id, session_id, direction, chat_id, type, content, status, status_rank, wire_id,
        wire_key, quoted_message_id, quoted_wire_id, media_id, media_pending_since, written_on, sent_at)
      select ${newId('message', write.now)}, target.workspace_id, target.id, 'outbound',
        ${stableChatId(sql`target.id`, report.chatId)}, ${report.type}, ${contentOf(write, report, {})}::jsonb, 'sent',
        ${MESSAGE_STATUS_RANK.sent}::int, ${report.wireId}, ${report.wireKey}, (select quoted.id from quoted),
        ${report.quotedWireId}::text, (select id from file), ${pendingSince(report.media)}, ${writtenOn}, ${sentAt}::timestamptz
      from target
      where ${isNews(write)}
      on conflict (session_id, direction, wire_id) do nothing
      returning id, workspace_id, session_id, type, chat_id, quoted_message_id, media_id, sent_at
    )`,
    countMessages(sql`received`, sql`sent_at`, { echoes: sql`true` }),
  ];
  return writeStatement(write, change, event);
}

const contentOf = ({ seal }: WriteContext, report: Received, more: object): string =>
  JSON.stringify(
    seal({
      text: report.text,
      ...more,
      isGroup: report.isGroup,
      media: report.media,
      location: report.location,
      vcards: report.vcards,
      poll: report.poll,
      mentions: report.mentions,
      quotedWireId: report.quotedWireId,
    }),
  );

/** What an event says of a message's content; it reads the CTE `received`. */
const saidOf = ({ baseUrl }: WriteContext, report: Received) => {
  const { media } = report;
  return {
    isGroup: report.isGroup,
    type: report.type,
    text: report.text,
    media: media && fileOf({ baseUrl }, media, sql`received.media_id`),
    location: report.location,
    vcards: report.vcards,
    poll: report.poll,
    mentions: report.mentions,
    quotedMessageId: sql`received.quoted_message_id`,
    quotedWireId: report.quotedWireId,
    sentAt: safeTimestamp(report.timestamp),
    backfilled: report.backfilled,
  };
};

import { type SQL, sql } from 'drizzle-orm';
import { personCtes, stableChatId } from './person-ids.ts';
import {
  fact,
  factTarget,
  isNews,
  messageByWireId,
  type ReportOf,
  type WriteContext,
  writeStatement,
} from './write-context.ts';

function note(
  write: WriteContext,
  {
    kind,
    wireId,
    chatId,
    timestamp,
  }: ReportOf<'message.reaction' | 'message.edited' | 'message.revoked'>,
  data: SQL,
  change: SQL[],
): SQL {
  return writeStatement(write, [
    factTarget(write),
    sql`about as (${messageByWireId(write, wireId)})`,
    ...change,
    fact(write, {
      type: kind,
      occurredAt: timestamp,
      source: sql``,
      data: sql`jsonb_build_object(
        'messageId', (select about.id from about), 'wireId', ${wireId}::text,
        'chatId', coalesce((select about.chat_id from about), ${stableChatId(write.spooled.sessionId, chatId)})
      ) || ${data}`,
    }),
  ]);
}

export function messageReaction(write: WriteContext, report: ReportOf<'message.reaction'>): SQL {
  const { from, emoji } = report;
  const said = JSON.stringify({ emoji, removed: emoji === '' });
  const data = sql`jsonb_build_object('from', jsonb_build_object(
    'id', (select who.id from who), 'lid', (select who.lid from who), 'name', ${from.name}::text)) || ${said}::jsonb`;
  return note(write, report, data, personCtes(write, from));
}

/** The newest edit wins, in whatever order they are reported. */
export function messageEdited(write: WriteContext, report: ReportOf<'message.edited'>): SQL {
  const { text, timestamp } = report;
  return note(write, report, sql`${JSON.stringify({ text })}::jsonb`, [
    sql`edited as (
      update messages message
      set content = message.content
        || jsonb_build_object(case when message.content ? 'caption' then 'caption' else 'text' end, ${text}::text)
        || jsonb_build_object('editedAt', ${timestamp}::bigint)
      from about
      where message.id = about.id and ${isNews(write)}
        and coalesce((message.content ->> 'editedAt')::bigint, 0) < ${timestamp}::bigint
      returning message.id
    )`,
  ]);
}

export function messageRevoked(write: WriteContext, report: ReportOf<'message.revoked'>): SQL {
  return note(write, report, sql`'{}'::jsonb`, [
    sql`revoked as (
      update messages message
      set content = message.content || jsonb_build_object('revokedAt', ${report.timestamp}::bigint)
      from about
      where message.id = about.id and ${isNews(write)}
      returning message.id
    )`,
  ]);
}

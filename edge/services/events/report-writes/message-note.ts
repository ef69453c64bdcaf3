import { type SQL, sql } from 'drizzle-orm';
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
  data: Record<string, unknown>,
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
      data: sql`jsonb_build_object('messageId', (select id from about)) || ${JSON.stringify({ wireId, chatId, ...data })}::jsonb`,
    }),
  ]);
}

export function messageReaction(write: WriteContext, report: ReportOf<'message.reaction'>): SQL {
  const { from, emoji } = report;
  return note(write, report, { from, emoji, removed: emoji === '' }, []);
}

/** The newest edit wins, in whatever order they are reported. */
export function messageEdited(write: WriteContext, report: ReportOf<'message.edited'>): SQL {
  const { text, timestamp } = report;
  return note(write, report, { text }, [
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
  return note(write, report, {}, [
    sql`revoked as (
      update messages message
      set content = message.content || jsonb_build_object('revokedAt', ${report.timestamp}::bigint)
      from about
      where message.id = about.id and ${isNews(write)}
      returning message.id
    )`,
  ]);
}

import { type SQL, sql } from 'drizzle-orm';
import { fact } from '../../../events/append.ts';
import { safeTimestamp } from '../safe-values.ts';
import { personCtes, stableChatId } from './person-ids.ts';
import {
  factTarget,
  isNews,
  messageByWireId,
  reported,
  type ReportOf,
  type WriteContext,
  writeStatement,
} from './write-context.ts';

type NoteReport = ReportOf<
  'message.reaction' | 'message.poll_vote' | 'message.edited' | 'message.revoked'
>;

/** The message that a report is about, as the CTE `about`. */
const aboutCte = (write: WriteContext, { wireId }: NoteReport): SQL =>
  sql`about as (${messageByWireId(write, wireId)})`;

/** What every event about an earlier message says of it. */
const aboutIt = (write: WriteContext, { wireId, chatId }: NoteReport) => ({
  messageId: sql`(select about.id from about)`,
  reference: sql`(select about.reference from about)`,
  wireId,
  chatId: sql`coalesce((select about.chat_id from about), ${stableChatId(write.spooled.sessionId, chatId)})`,
});

export function messageReaction(write: WriteContext, report: ReportOf<'message.reaction'>): SQL {
  const { from, fromMe, emoji, timestamp } = report;
  const event = fact('message.reaction', {
    ...reported(write, { occurredAt: timestamp }),
    data: { ...aboutIt(write, report), from: WHO, fromMe, emoji, removed: emoji === '' },
  });
  const isTheirs = sql`(known #>> '{from,id}' = who.id or known #>> '{from,lid}' = who.lid)`;
  const kept = sql`kept as (
    update messages message
    set reactions = coalesce((
        select jsonb_agg(known) from jsonb_array_elements(message.reactions) known where ${isTheirs} is not true
      ), '[]') || jsonb_build_object(
        'from', who.person, 'emoji', ${write.seal(emoji)}::text, 'at', ${timestamp}::bigint)
    from about cross join who
    where message.id = about.id and message.content_expired_at is null and ${isNews(write)} and not exists (
      select 1 from jsonb_array_elements(message.reactions) known
      where ${isTheirs} and (known ->> 'at')::bigint >= ${timestamp}::bigint
    )
    returning message.id
  )`;
  const change = [factTarget(write), aboutCte(write, report), ...personCtes(write, from), kept];
  return writeStatement(write, change, event);
}

export function messagePollVote(write: WriteContext, report: ReportOf<'message.poll_vote'>): SQL {
  const { from, options, timestamp } = report;
  const event = fact('message.poll_vote', {
    ...reported(write, { occurredAt: timestamp }),
    data: { ...aboutIt(write, report), from: WHO, options: textsOf(write, options) },
  });
  const change = [factTarget(write), aboutCte(write, report), ...personCtes(write, from)];
  return writeStatement(write, change, event);
}

/** The record has the texts of a poll that the page has lost. An option of no known poll is called by its number. */
function textsOf(
  { seal }: WriteContext,
  options: ReportOf<'message.poll_vote'>['options'],
): string[] | SQL {
  const known = options.filter((option) => typeof option === 'string');
  if (known.length === options.length) return known;
  // A number stays one: it is the place of an option.
  const sealed = options.map((option) => (typeof option === 'string' ? seal(option) : option));
  return sql`(
    select jsonb_agg(
      case when jsonb_typeof(option) = 'string' then option
        else coalesce(poll.options -> option::int, to_jsonb('#' || option::int + 1)) end
      order by place)
    from jsonb_array_elements(${JSON.stringify(sealed)}::jsonb) with ordinality voted(option, place)
    left join (
      select coalesce(message.content -> 'options', message.content #> '{poll,options}') as options
      from messages message join about on about.id = message.id
    ) poll on true
  )`;
}

/** The person of the CTE `who`. */
const WHO = sql`(select who.person from who)`;

/** The newest edit wins, in whatever order they are reported. */
export function messageEdited(write: WriteContext, report: ReportOf<'message.edited'>): SQL {
  const { fromMe, text, timestamp } = report;
  const at = sql`${safeTimestamp(timestamp)}::timestamptz`;
  const event = fact('message.edited', {
    ...reported(write, { occurredAt: timestamp }),
    data: { ...aboutIt(write, report), fromMe, text },
  });
  const edited = sql`edited as (
    update messages message
    set edited_at = ${at}, content = message.content
      || jsonb_build_object(case when message.content ? 'caption' then 'caption' else 'text' end, ${write.seal(text)}::text)
    from about
    where message.id = about.id and ${isNews(write)} and (message.edited_at is null or message.edited_at < ${at})
    returning message.id
  )`;
  return writeStatement(write, [factTarget(write), aboutCte(write, report), edited], event);
}

export function messageRevoked(write: WriteContext, report: ReportOf<'message.revoked'>): SQL {
  const { fromMe, timestamp } = report;
  const event = fact('message.revoked', {
    ...reported(write, { occurredAt: timestamp }),
    data: { ...aboutIt(write, report), fromMe },
  });
  const revoked = sql`revoked as (
    update messages message
    set revoked_at = ${safeTimestamp(timestamp)}::timestamptz
    from about
    where message.id = about.id and ${isNews(write)}
    returning message.id
  )`;
  return writeStatement(write, [factTarget(write), aboutCte(write, report), revoked], event);
}

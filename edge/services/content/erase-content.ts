import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { CONTENT_EVENTS, EVENTS, type EventType } from '../../../shared/catalogue/events/index.ts';
import { Count } from '../../db/moment.ts';

/**
 * Statement that erases what messages say: they stay in the log with their statuses, and say since when their content is
 * gone. It answers how many they were, as `Erased`.
 * @param which ids of messages, as a query of one column
 */
export const eraseMessages = (which: SQL): SQL => sql`
  with erased as (
    update messages set content = null, reactions = '[]', content_expired_at = now()
    where id in (${which}) and content_expired_at is null
    returning 1
  )
  select count(*)::int as erased from erased`;

/**
 * The same of events, and of what receivers answered to them: all other fields stay, so that a reader who goes on from a
 * cursor misses none.
 * @param which workspaces and numbers of events, as a query of two columns
 */
export const eraseEvents = (which: SQL): SQL => sql`
  with erased as (
    update events event set content_expired_at = now(),
      data = event.data || blank.data || case when jsonb_typeof(event.data -> 'media') = 'object'
        then jsonb_build_object('media', (event.data -> 'media') || '{"filename": null}') else '{}' end
    from jsonb_to_recordset(${JSON.stringify(BLANKS)}::jsonb) as blank(type text, data jsonb)
    where (event.workspace_id, event.seq) in (${which}) and event.content_expired_at is null and event.type = blank.type
    returning event.workspace_id, event.seq
  ),
  answers as (
    update attempts set response_excerpt = null from erased
    join deliveries delivery on delivery.workspace_id = erased.workspace_id and delivery.event_seq = erased.seq
    where attempts.delivery_id = delivery.id and attempts.response_excerpt is not null
  )
  select count(*)::int as erased from erased`;

export const Erased = z.tuple([z.object({ erased: Count })]);

/** Types of events that have content, as the index of those that still have theirs names them. */
export const WITH_CONTENT: SQL = sql.raw(CONTENT_EVENTS.map((type) => `'${type}'`).join(', '));

const BLANKS = CONTENT_EVENTS.map((type) => ({ type, data: blankOf(type) }));

/** A payload's content with nothing in it: null where the row allows that, else an empty list. A file keeps its id. */
function blankOf(type: EventType): Record<string, unknown> {
  const { content, data } = EVENTS[type];
  const shape: Readonly<Record<string, { safeParse(value: unknown): { success: boolean } }>> =
    data.shape;
  return Object.fromEntries(
    content
      .filter((field) => field !== 'media')
      .map((field) => [field, shape[field]?.safeParse(null).success === true ? null : []]),
  );
}

import { type SQL, sql } from 'drizzle-orm';

/** Whether a chat is with a person with whom nothing was ever said. What failed was not. */
export const isFirstContact = (sessionId: SQL, chatId: SQL): SQL => sql`(
  ${chatId} ~ '@(c[.]us|lid)$' and not exists (
    select from messages said
    where said.session_id = ${sessionId} and said.chat_id = ${chatId} and (said.direction = 'inbound' or said.status <> 'failed')
  ))`;

/** A first contact `m` that counts. */
export const counts = sql`m.status <> 'failed'`;

/**
 * For the send statement: a row `(at, free_at)` where the message is a first contact. `free_at` is null unless some hour
 * or day with the message in it would have more first contacts than the session may have; then it is the next time at which
 * none would. Sends made in parallel do not see each other, so they may exceed a limit by as many as are under way.
 */
export const firstContact = (sendAt: string | null): SQL => sql`
  select moment.at, (
    select case when opens < moment.at then closes end
    from (
      select since, first_value(since) over in_order as opens, max(until) over in_order as closes, lead(since) over in_order as next
      from (
        ${taken(sql`target.first_contacts_per_hour`, sql`interval '1 hour'`)}
        union all
        ${taken(sql`target.first_contacts_per_day`, sql`interval '1 day'`)}
      ) taken
      window in_order as (order by since)
    ) span
    where next is null or next >= closes
    order by since limit 1
  ) as free_at
  from target cross join addressed cross join (select greatest(now(), ${sendAt}::timestamptz) as at) moment
  where ${isFirstContact(sql`target.id`, sql`addressed.chat_id`)}`;

/**
 * Spans of time with no room for one more: where `limit` in a row lie within one window, from a window before the last of them
 * to a window after the first. Those that are over at `moment.at` are left out.
 */
const taken = (limit: SQL, window: SQL): SQL => sql`
  select last - ${window} as since, first + ${window} as until
  from (
    select m.first_contact_at as first, lead(m.first_contact_at, ${limit} - 1) over (order by m.first_contact_at) as last
    from messages m
    where m.session_id = target.id and ${counts} and ${limit} is not null and m.first_contact_at > moment.at - ${window}
  ) in_a_row
  where last - first < ${window}`;

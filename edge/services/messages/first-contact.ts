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
 * For the send statement: a row `(at, free_at)` where the message is a first contact. `free_at` is null unless a limit of the
 * session is reached: within an hour or a day around the message, before or after, it has so many other first contacts.
 * Messages that are sent at the same moment do not see each other, so a limit may be exceeded by them.
 */
export const firstContact = (sendAt: string | null): SQL => sql`
  select moment.at, greatest(
    ${freeAt(sql`target.first_contacts_per_hour`, sql`interval '1 hour'`)},
    ${freeAt(sql`target.first_contacts_per_day`, sql`interval '1 day'`)}
  ) as free_at
  from target cross join addressed cross join (select greatest(now(), ${sendAt}::timestamptz) as at) moment
  where ${isFirstContact(sql`target.id`, sql`addressed.chat_id`)}`;

/** Null where the session has no such limit, or keeps it. */
const freeAt = (limit: SQL, window: SQL): SQL => sql`(
  select m.first_contact_at + ${window} from messages m
  where m.session_id = target.id and ${counts} and ${limit} is not null
    and m.first_contact_at > moment.at - ${window} and m.first_contact_at < moment.at + ${window}
  order by m.first_contact_at desc limit 1 offset ${limit} - 1
)`;

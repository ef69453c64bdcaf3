import { type SQL, sql } from 'drizzle-orm';
import type { KnownPerson } from '../../../../shared/catalogue/person.ts';
import { isNews, type WriteContext } from './write-context.ts';

/**
 * CTEs over `target` that carry all that is known of a person, whichever id was reported: `who(id, lid, person, chat_id)` has the
 * person as told from now on, and what was learned is kept. A chat keeps the id that it was called by first, unless that is a number
 * which the person has given up.
 */
export function personCtes(write: WriteContext, person: KnownPerson): SQL[] {
  const isLid = person.id.endsWith('@lid');
  const phone = isLid ? null : person.id;
  const lid = isLid ? person.id : person.lid;
  const { username, name } = person;
  return [
    sql`met as (
      select known.* from person_ids known, target
      where known.session_id = target.id and ${lid === null ? sql`known.phone_id = ${phone}` : sql`known.lid = ${lid}`}
      order by known.created_at desc limit 1
    )`,
    sql`who as (
      select named.id, named.lid, named.chat_id, jsonb_build_object('id', named.id, 'lid', named.lid,
        'phone', ${phoneOf(sql`named.id`)}, 'username', named.username, 'name', named.name) as person
      from (select coalesce(${phone}::text, met.phone_id, ${person.id}) as id, coalesce(${lid}::text, met.lid) as lid,
        coalesce(${username}::text, met.username) as username, coalesce(${name}::text, met.name) as name,
        case when met.chat_id is null or (met.chat_id = met.phone_id and met.chat_id <> ${phone}::text) then ${person.id}
          else met.chat_id end as chat_id
      from (select 1) as one left join met on true) named
    )`,
    sql`learned as (
      insert into person_ids as known (session_id, lid, phone_id, chat_id, username, name)
      select target.id, ${lid}::text, ${phone}::text, ${person.id}, ${username}::text, ${name}::text
      from target left join met on true
      where ${lid}::text is not null and ${isNews(write)}
        and (met.lid is null or met.phone_id is distinct from coalesce(${phone}::text, met.phone_id)
          or met.username is distinct from coalesce(${username}::text, met.username)
          or met.name is distinct from coalesce(${name}::text, met.name))
      on conflict (session_id, lid) do update set
        phone_id = coalesce(excluded.phone_id, known.phone_id),
        chat_id = case when known.chat_id = known.phone_id then coalesce(excluded.phone_id, known.chat_id)
          else known.chat_id end,
        username = coalesce(excluded.username, known.username), name = coalesce(excluded.name, known.name)
      returning lid
    )`,
  ];
}

/** The number of a phone id. */
const phoneOf = (id: SQL): SQL =>
  sql`case when ${id} like '%@c.us' then split_part(${id}, '@', 1) end`;

/** The id that the chat of a person was called by first; every other chat's own id. */
export const stableChatId = (sessionId: SQL | string, chatId: SQL | string): SQL => sql`coalesce((
  select known.chat_id from person_ids known
  where known.session_id = ${sessionId} and known.lid = (${chatId})::text
), (
  select known.chat_id from person_ids known
  where known.session_id = ${sessionId} and known.phone_id = (${chatId})::text
  order by known.created_at desc limit 1
), (${chatId})::text)`;

/**
 * The other form of a mobile number that has two: a Brazilian one with or without the 9 that they grew by, a Mexican one with or
 * without the 1 of its first years. Null for any other id. An account keeps the form that it was made with, and people write either.
 */
export const otherForm = (id: SQL): SQL => sql`case
  when ${id} ~ '^55[0-9]{2}9[6-9][0-9]{7}@c[.]us$' then overlay(${id} placing '' from 5 for 1)
  when ${id} ~ '^55[0-9]{2}[6-9][0-9]{7}@c[.]us$' then overlay(${id} placing '9' from 5 for 0)
  when ${id} ~ '^521[0-9]{10}@c[.]us$' then overlay(${id} placing '' from 3 for 1)
  when ${id} ~ '^52[0-9]{10}@c[.]us$' then overlay(${id} placing '1' from 3 for 0) end`;

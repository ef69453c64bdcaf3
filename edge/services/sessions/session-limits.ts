import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { MESSAGE_STATUS_RANK } from '../../../shared/message-status.ts';
import type { ServiceContext } from '../../context.ts';
import { Count } from '../../db/moment.ts';
import { counts } from '../messages/first-contact.ts';
import type { SessionRow } from './internal.ts';

export type SessionLimits = Awaited<ReturnType<typeof readLimits>>;

const Used = z.object({ hour: Count, day: Count, unanswered: Count });

/** Of how many first contacts it is looked up at most whether they were answered. */
const LOOKED_UP = 1_000;

/** What a session has used of its limits. Somebody who got the first message and never wrote is unanswered. */
export async function readLimits({ db }: ServiceContext, { session }: SessionRow) {
  const within = (window: SQL): SQL => sql`
    from messages m
    where m.session_id = ${session.id} and ${counts}
      and m.first_contact_at > now() - ${window} and m.first_contact_at <= now()`;
  const { rows } = await db.execute(sql`
    select (select count(*) ${within(sql`interval '1 hour'`)}) as hour, (select count(*) ${within(sql`interval '1 day'`)}) as day,
      (select count(*) from (
        select m.session_id, m.chat_id, m.status_rank ${within(sql`interval '30 days'`)}
        order by m.first_contact_at desc limit ${LOOKED_UP}
      ) newest where newest.status_rank >= ${MESSAGE_STATUS_RANK.sent}::smallint and not exists (
        select from messages heard
        where heard.session_id = newest.session_id and heard.chat_id = newest.chat_id and heard.direction = 'inbound'
      )) as unanswered`);
  const { hour, day, unanswered } = Used.parse(rows[0]);
  return {
    whatsapp: session.whatsappLimits,
    firstContacts: {
      hour: { used: hour, limit: session.firstContactsPerHour },
      day: { used: day, limit: session.firstContactsPerDay },
      unanswered,
    },
  };
}

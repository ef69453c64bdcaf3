import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { MESSAGE_STATUS_RANK } from '../../../shared/message-status.ts';
import type { ServiceContext } from '../../context.ts';
import { Count } from '../../db/moment.ts';
import { counts } from '../messages/first-contact.ts';
import type { SessionRow } from './internal.ts';

export type SessionLimits = Awaited<ReturnType<typeof readLimits>>;

const Used = z.object({ hour: Count, day: Count, unanswered: Count });

/** What a session has used of its limits. Somebody who got the first message and never wrote is unanswered. */
export async function readLimits({ db }: ServiceContext, { session }: SessionRow) {
  const { rows } = await db.execute(sql`
    select count(*) filter (where m.first_contact_at > now() - interval '1 hour') as hour,
      count(*) filter (where m.first_contact_at > now() - interval '1 day') as day,
      count(*) filter (where m.status_rank >= ${MESSAGE_STATUS_RANK.sent}::smallint and not exists (
        select from messages heard
        where heard.session_id = m.session_id and heard.chat_id = m.chat_id and heard.direction = 'inbound'
      )) as unanswered
    from messages m
    where m.session_id = ${session.id} and ${counts}
      and m.first_contact_at > now() - interval '30 days' and m.first_contact_at <= now()`);
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

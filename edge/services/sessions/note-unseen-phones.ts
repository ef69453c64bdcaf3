import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { factEventId } from '../../../shared/ids.ts';
import { Moment } from '../../db/moment.ts';
import type { Services } from '../../context.ts';
import { fact } from '../../events/append.ts';
import { writeFacts } from '../../events/write-facts.ts';

/** WhatsApp unlinks a device whose phone was away for 14 days; two are left to do something about it. */
export const PHONE_UNSEEN_AFTER_DAYS = 12;
const UNLINKED_AFTER_DAYS = 14;
const DAY_MS = 86_400_000;

export const PHONE_UNSEEN_ADVICE =
  'There has been no sign of this phone for 12 days, and WhatsApp unlinks a device after 14 days without its phone. Open WhatsApp on the phone while it is connected to the internet. This is an indication, not proof: a phone that is online but unused shows no sign either.';

const BATCH = 200;

const Silent = z.object({ id: z.string(), workspaceId: z.string(), phoneSeenAt: Moment });

/** Tells, once for each silence, that an online session's phone was not seen for PHONE_UNSEEN_AFTER_DAYS. */
export async function noteUnseenPhones(services: Services): Promise<void> {
  const isSilent = sql`session.status = 'online' and session.archived_at is null and session.phone_unseen_at is null
    and session.phone_seen_at < now() - make_interval(days => ${PHONE_UNSEEN_AFTER_DAYS}::int)`;
  const { rows } = await services.db.execute(sql`
    select session.id, session.workspace_id as "workspaceId", session.phone_seen_at as "phoneSeenAt"
    from sessions session where ${isSilent} order by session.phone_seen_at limit ${BATCH}::int`);
  const silent = z.array(Silent).parse(rows);
  if (silent.length === 0) return;
  const facts = await Promise.all(
    silent.map(async ({ id, phoneSeenAt }, ord) => ({
      ord,
      session_id: id,
      event_id: await factEventId([id, 'session.phone_unseen', phoneSeenAt.toISOString()]),
      seen_at: phoneSeenAt.toISOString(),
      unlinked_after: new Date(phoneSeenAt.getTime() + UNLINKED_AFTER_DAYS * DAY_MS).toISOString(),
    })),
  );
  const changes = sql`
    silent as (
      select * from jsonb_to_recordset(${JSON.stringify(facts)}::jsonb)
        as given(ord int, session_id text, event_id text, seen_at text, unlinked_after text)
    ),
    noted as (
      update sessions session set phone_unseen_at = now()
      from silent
      where session.id = silent.session_id and session.phone_seen_at = silent.seen_at::timestamptz and ${isSilent}
      returning silent.ord, silent.event_id, session.id, session.workspace_id, session.phone_number,
        silent.seen_at, silent.unlinked_after
    )`;
  await writeFacts(
    services,
    silent.map(({ workspaceId }) => workspaceId),
    changes,
    [
      fact('session.phone_unseen', {
        from: sql`noted`,
        id: sql`noted.event_id`,
        workspaceId: sql`noted.workspace_id`,
        sessionId: sql`noted.id`,
        ord: sql`noted.ord`,
        data: {
          phoneNumber: sql`noted.phone_number`,
          phoneSeenAt: sql`noted.seen_at`,
          unlinkedAfter: sql`noted.unlinked_after`,
          advice: PHONE_UNSEEN_ADVICE,
        },
      }),
    ],
  );
}

import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { factEventId } from '../../../../shared/ids.ts';
import type { Services } from '../../../context.ts';
import { append, BELLS, fact } from '../../../events/append.ts';
import type { PreparedWrite } from '../prepare-writes.ts';

/** Said of sessions whose number is online in another session, too. */
const REASON = 'number_in_two_sessions';

const Twin = z.object({ sessionId: z.string(), workspaceId: z.string() });

/** A session that came online with a number, and every session that is online with the same one. */
export type NumberTwins = {
  write: PreparedWrite;
  sessions: { sessionId: string; workspaceId: string; eventId: string }[];
};

/**
 * Looks whether one of these reports brings a number online that is online elsewhere: on the whole platform for real
 * numbers, within the workspace for those of the sandbox, where each workspace is a world of its own.
 */
export async function findNumberTwins(
  { db }: Pick<Services, 'db'>,
  writes: readonly PreparedWrite[],
): Promise<NumberTwins[]> {
  const found: NumberTwins[] = [];
  for (const write of writes) {
    const { report, spooled } = write;
    if (report.kind !== 'session.status' || report.status !== 'online') continue;
    if (report.phoneNumber === null || report.reason !== 'ready') continue;
    const { rows } = await db.execute(sql`
      select other.id as "sessionId", other.workspace_id as "workspaceId"
      from sessions other join sessions self on self.id = ${spooled.sessionId}
      where other.phone_number = ${report.phoneNumber} and other.id <> self.id
        and other.status in ('online', 'reconnecting') and other.archived_at is null
        and other.mode = self.mode and (other.mode = 'live' or other.workspace_id = self.workspace_id)`);
    const twins = z.array(Twin).parse(rows);
    if (twins.length === 0) continue;
    const all = [{ sessionId: spooled.sessionId, workspaceId: write.workspaceId }, ...twins];
    const sessions = await Promise.all(
      all.map(async (session) => ({
        ...session,
        eventId: await factEventId([session.sessionId, write.eventId, REASON]),
      })),
    );
    found.push({ write, sessions });
  }
  return found;
}

/** Says it of each of them, in its own workspace and without naming the others. Once per report. */
export function numberTwinsStatement({ write, sessions }: NumberTwins): SQL {
  const rows = sessions.map(({ sessionId, eventId }) => ({
    session_id: sessionId,
    event_id: eventId,
  }));
  const status = fact('session.status', {
    from: sql`marked`,
    id: sql`marked.event_id`,
    workspaceId: sql`marked.workspace_id`,
    sessionId: sql`marked.id`,
    ord: sql`row_number() over (order by marked.id)`,
    data: {
      from: sql`marked.status`,
      status: sql`marked.status`,
      reason: REASON,
      phoneNumber: sql`marked.phone_number`,
      lid: sql`marked.lid`,
      displayName: sql`marked.display_name`,
    },
  });
  return sql`
    with named as (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as named (session_id text, event_id text)
    ),
    marked as (
      update sessions session set reason = ${REASON}, updated_at = now()
      from named
      where session.id = named.session_id and session.status in ('online', 'reconnecting')
        and not exists (select 1 from events known where known.id = named.event_id)
      returning session.id, session.workspace_id, session.status, session.phone_number, session.lid,
        session.display_name, named.event_id
    ),
    logged as (
      insert into session_log (session_id, status, reason) select id, status, ${REASON} from marked
    ),
    ${append([status], write.now)}
    select (select count(*) from marked)::int as accepted, ${BELLS}`;
}

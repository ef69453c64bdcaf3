import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Report, SpooledReport } from '../../../shared/protocol/index.ts';
import { deriveWireId } from '../../../shared/wire-id.ts';
import type { Services } from '../../context.ts';
import { reportEventId } from './fact-ids.ts';
import type { WriteContext } from './writes/write-context.ts';
import { storable } from './safe-values.ts';

export type PreparedWrite = WriteContext & { report: Report; workspaceId: string };

const SessionRow = z.object({
  id: z.string(),
  workspaceId: z.string(),
  sessionKey: z.string(),
  inFlight: z.array(z.string()),
});
type SessionRow = z.infer<typeof SessionRow>;

/** Messages in flight without a wire id are few: what one owner has claimed and not settled. */
const IN_FLIGHT_LIMIT = 100;

/** Looks the reports' sessions up, in one round trip, and works out ids. Reports of unknown sessions come back apart. */
export async function prepareWrites(input: {
  services: Services;
  runnerId: string;
  reports: readonly SpooledReport[];
}): Promise<{ writes: PreparedWrite[]; unknown: SpooledReport[] }> {
  const { services, runnerId } = input;
  const reports = input.reports.map(storable);
  const sessions = await loadSessions(services, reports);
  const writes: PreparedWrite[] = [];
  const unknown: SpooledReport[] = [];
  for (const spooled of reports) {
    const session = sessions.get(spooled.sessionId);
    if (session === undefined) {
      unknown.push(spooled);
      continue;
    }
    writes.push({
      spooled,
      report: spooled.report,
      runnerId,
      workspaceId: session.workspaceId,
      eventId: await reportEventId(spooled, session.sessionKey),
      wireId: await wireIdOf(spooled.report, session),
      messageId:
        spooled.report.kind === 'message.ack'
          ? ((await session.messageOfWireId()).get(spooled.report.wireId) ?? null)
          : null,
      now: services.now(),
    });
  }
  return { writes, unknown };
}

async function wireIdOf(report: Report, session: SessionRow): Promise<string | null> {
  if (report.kind === 'message.settled')
    return report.wireId ?? deriveWireId(session.sessionKey, report.messageId);
  return 'wireId' in report ? report.wireId : null;
}

type LoadedSession = SessionRow & { messageOfWireId: () => Promise<ReadonlyMap<string, string>> };

async function loadSessions(
  { db }: Services,
  reports: readonly SpooledReport[],
): Promise<Map<string, LoadedSession>> {
  const sessionIds = [...new Set(reports.map((spooled) => spooled.sessionId))];
  // An ack may overtake the report that its send went through; the row then has no wire id to find it by.
  const acked = reports.flatMap(({ sessionId, report }) =>
    report.kind === 'message.ack' ? [sessionId] : [],
  );
  const { rows } = await db.execute(sql`
    select session.id, session.workspace_id as "workspaceId", session.wire_key as "sessionKey",
      array(
        select message.id from messages message
        where message.session_id = session.id and message.direction = 'outbound' and message.wire_id is null
          and message.status in ('sending', 'unknown') and session.id = any(${sql.param(acked)}::text[])
        order by message.queue_seq desc limit ${IN_FLIGHT_LIMIT}::int
      )::text[] as "inFlight"
    from sessions session where session.id = any(${sql.param(sessionIds)}::text[])`);
  return new Map(
    z
      .array(SessionRow)
      .parse(rows)
      .map((session) => [session.id, { ...session, messageOfWireId: lazily(session) }]),
  );
}

/** Derives the wire ids of what is in flight when the first ack asks, once. */
function lazily(session: SessionRow): LoadedSession['messageOfWireId'] {
  let map: Promise<ReadonlyMap<string, string>> | undefined;
  return () => {
    map ??= Promise.all(
      session.inFlight.map(
        async (messageId) =>
          [await deriveWireId(session.sessionKey, messageId), messageId] as const,
      ),
    ).then((entries) => new Map(entries));
    return map;
  };
}

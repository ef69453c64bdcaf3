import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Report, SpooledReport } from '../../../shared/protocol/index.ts';
import { deriveWireId } from '../../../shared/wire-id.ts';
import type { Services } from '../../context.ts';
import type { SessionOrigin } from '../../limiter/subject-memory.ts';
import { reportEventId } from './fact-ids.ts';
import type { ReportOf, WriteContext } from './writes/write-context.ts';
import { storable } from './safe-values.ts';

export type PreparedWrite = WriteContext & { report: Report; workspaceId: string };

const SessionRow = z.object({
  id: z.string(),
  workspaceId: z.string(),
  sessionKey: z.string(),
  inFlight: z.array(z.string()),
});

/** Messages in flight without a wire id are few: what one owner has claimed and not settled. */
const IN_FLIGHT_LIMIT = 100;

/**
 * Works out ids. Sessions that this isolate has not seen yet are looked up, in one round trip. Reports of unknown sessions
 * come back apart.
 */
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
      messageId: await messageOfOurs(spooled.report, session),
      now: services.now(),
      baseUrl: services.env.BASE_URL,
      seal: services.contentSeal.for(session.workspaceId),
    });
  }
  return { writes, unknown };
}

/** The message in flight that it is about, if its row does not have the wire id yet. */
async function messageOfOurs(report: Report, session: Session): Promise<string | null> {
  if (!isOfOurs(report)) return null;
  const told = report.kind === 'message.ack' ? report.messageId : undefined;
  return told ?? (await session.messageOfWireId()).get(report.wireId) ?? null;
}

/** Whether it is about a message of the session's own, which may be one that we are sending. */
const isOfOurs = (report: Report): report is ReportOf<'message.ack' | 'message.received'> =>
  report.kind === 'message.ack' ||
  (report.kind === 'message.received' && report.writtenOn !== null);

async function wireIdOf(report: Report, session: Session): Promise<string | null> {
  if (report.kind === 'message.settled')
    return report.wireId ?? deriveWireId(session.sessionKey, report.messageId);
  return 'wireId' in report ? report.wireId : null;
}

type Session = SessionOrigin & { messageOfWireId: () => Promise<ReadonlyMap<string, string>> };

async function loadSessions(
  { db, subjects }: Services,
  reports: readonly SpooledReport[],
): Promise<Map<string, Session>> {
  const sessionIds = [...new Set(reports.map((spooled) => spooled.sessionId))];
  // These may overtake the report that a send went through; the row then has no wire id to find it by.
  const ofOurs = reports.flatMap(({ sessionId, report }) =>
    isOfOurs(report) && !(report.kind === 'message.ack' && report.messageId !== undefined)
      ? [sessionId]
      : [],
  );
  const sessions = new Map<string, Session>();
  for (const id of sessionIds) {
    const origin = ofOurs.includes(id) ? undefined : subjects.sessionOf(id);
    if (origin !== undefined) sessions.set(id, { ...origin, messageOfWireId: noMessages });
  }
  const unread = sessionIds.filter((id) => !sessions.has(id));
  if (unread.length === 0) return sessions;
  const { rows } = await db.execute(sql`
    select session.id, session.workspace_id as "workspaceId", session.wire_key as "sessionKey",
      array(
        select message.id from messages message
        where message.session_id = session.id and message.direction = 'outbound' and message.wire_id is null
          and message.status in ('sending', 'unknown') and session.id = any(${sql.param(ofOurs)}::text[])
        order by message.queue_seq desc limit ${IN_FLIGHT_LIMIT}::int
      )::text[] as "inFlight"
    from sessions session where session.id = any(${sql.param(unread)}::text[])`);
  for (const { id, inFlight, ...origin } of z.array(SessionRow).parse(rows)) {
    subjects.rememberSession(id, origin);
    sessions.set(id, { ...origin, messageOfWireId: lazily(origin.sessionKey, inFlight) });
  }
  return sessions;
}

const noMessages = (): Promise<ReadonlyMap<string, string>> => Promise.resolve(new Map());

/** Derives the wire ids of what is in flight when the first ack asks, once. */
function lazily(sessionKey: string, inFlight: readonly string[]): Session['messageOfWireId'] {
  let map: Promise<ReadonlyMap<string, string>> | undefined;
  return () => {
    map ??= Promise.all(
      inFlight.map(
        async (messageId) => [await deriveWireId(sessionKey, messageId), messageId] as const,
      ),
    ).then((entries) => new Map(entries));
    return map;
  };
}

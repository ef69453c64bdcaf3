import { eq } from 'drizzle-orm';
import type { HeartbeatRequest } from '../../../../shared/protocol/index.ts';
import type { Harness } from '../../../testing/harness.ts';
import { heartbeat } from '../../ownership/heartbeat.ts';
import { type OwnedSession, RUNNER } from '../../reports/testing/report-fixtures.ts';

/** A session's row with its lease. */
export async function sessionRow(harness: Harness, sessionId: string) {
  const { sessions, sessionLeases } = harness.schema;
  const [row] = await harness.db
    .select()
    .from(sessions)
    .innerJoin(sessionLeases, eq(sessionLeases.sessionId, sessions.id))
    .where(eq(sessions.id, sessionId));
  if (row === undefined) throw new Error('no such session');
  return { ...row.sessions, lease: row.session_leases };
}

/** A heartbeat of the runner that has the session; it lists none unless `change` does. */
export const beatOf = (
  harness: Harness,
  session: OwnedSession,
  change: Partial<HeartbeatRequest> = {},
) =>
  heartbeat({
    services: harness.services(),
    input: {
      runnerId: session.runnerId,
      bootId: RUNNER.bootId,
      url: RUNNER.url,
      region: 'local',
      maxSessions: 10,
      draining: false,
      sessions: [],
      ...change,
    },
  });

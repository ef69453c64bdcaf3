import type {
  Assignment,
  HeartbeatRequest,
  HeartbeatResponse,
} from '../../shared/protocol/leases.ts';

export type FakeSession = {
  assignment: Assignment;
  owner: string | null;
  wanted: boolean;
  statuses: string[];
};

/** What the edge does with a heartbeat: renews, lists what is lost, and assigns what has no owner. */
export function beat(
  request: HeartbeatRequest,
  leaseMs: number,
  sessions: ReadonlyMap<string, FakeSession>,
  highestOf: (sessionId: string) => number,
): HeartbeatResponse {
  const owner = `${request.runnerId}/${request.bootId}`;
  const answer: HeartbeatResponse = { renewed: [], lost: [], assigned: [], leaseMs };
  for (const { sessionId, epoch } of request.released ?? []) {
    const session = sessions.get(sessionId);
    if (session?.owner === owner && session.assignment.epoch === epoch) session.owner = null;
  }
  for (const { sessionId, epoch, started } of request.sessions) {
    const session = sessions.get(sessionId);
    if (session === undefined) answer.lost.push({ sessionId, reason: 'deleted' });
    else if (!session.wanted) answer.lost.push({ sessionId, reason: 'stopped' });
    else if (session.assignment.epoch !== epoch || session.owner !== owner)
      answer.lost.push({ sessionId, reason: 'taken' });
    else {
      const { runnerId, bootId } = request;
      if (started) session.assignment.lastStarted = { epoch, runnerId, bootId };
      answer.renewed.push({ sessionId, epoch, highestQueueSeq: highestOf(sessionId) });
    }
  }
  if (request.draining) return answer;
  for (const [sessionId, session] of sessions) {
    if (!session.wanted || answer.renewed.some((renewed) => renewed.sessionId === sessionId))
      continue;
    if (session.owner !== owner) session.assignment.epoch += 1;
    session.owner = owner;
    answer.assigned.push({ ...session.assignment, highestQueueSeq: highestOf(sessionId) });
  }
  return answer;
}

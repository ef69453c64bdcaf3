import type { HeartbeatRequest, HeartbeatResponse } from '../../../shared/protocol/leases.ts';
import { LEASE } from '../../../shared/protocol/leases.ts';
import type { Services } from '../../context.ts';
import { adoptOrphans, parseAssignments, takeUpOwn } from './hand-out.ts';
import { parseRenewals, registerRunner, renewLeases } from './renew-leases.ts';

/**
 * One heartbeat of a runner, in one transaction and one round trip: renews the leases it names and holds, tells it what
 * it lost, and hands out what it should take up. It must name every session whose browser may be alive.
 */
export async function heartbeat({
  services,
  input,
}: {
  services: Pick<Services, 'db' | 'log'>;
  input: HeartbeatRequest;
}): Promise<HeartbeatResponse> {
  const { db, log } = services;
  const [registered, renewals, own, orphans] = await db.batch([
    db.execute(registerRunner(input)),
    db.execute(renewLeases(input)),
    db.execute(takeUpOwn(input)),
    db.execute(adoptOrphans(input)),
  ]);
  const { runnerId, bootId } = input;
  if (registered.rows.length === 0) log({ event: 'heartbeat_of_replaced_boot', runnerId, bootId });

  const response: HeartbeatResponse = {
    renewed: [],
    lost: [],
    assigned: [...parseAssignments(own.rows), ...parseAssignments(orphans.rows)],
    leaseMs: LEASE.durationMs,
  };
  for (const { session_id: sessionId, epoch, queue_seq, outcome } of parseRenewals(renewals.rows)) {
    if (outcome === 'renewed')
      response.renewed.push({ sessionId, epoch, highestQueueSeq: queue_seq ?? 0 });
    else response.lost.push({ sessionId, reason: outcome });
  }
  if (response.lost.length + response.assigned.length > 0)
    log({
      event: 'leases_changed',
      runnerId,
      bootId,
      lost: response.lost,
      assigned: response.assigned.map(({ sessionId, epoch }) => ({ sessionId, epoch })),
    });
  return response;
}

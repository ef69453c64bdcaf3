import { type SQL, sql } from 'drizzle-orm';
import type {
  Assignment,
  HeartbeatRequest,
  HeartbeatResponse,
} from '../../../shared/protocol/leases.ts';
import { LEASE } from '../../../shared/protocol/leases.ts';
import type { Services } from '../../context.ts';
import type { AfterCommit } from '../../events/after-commit.ts';
import { describeError } from '../../log/describe-error.ts';
import { expireQueuedMessages } from '../messages/expire-queued-messages.ts';
import type { FailServices } from '../messages/fail-queued-messages.ts';
import { openProxy } from '../sessions/proxy.ts';
import { parsePromoted, promoteDue } from '../queue/promote-due.ts';
import { countFailedStarts, tellCrashLoops } from './count-failed-starts.ts';
import { adoptOrphans, parseAssignments, type SealedAssignment, takeUpOwn } from './hand-out.ts';
import { takeBackUnreadable } from './take-back-unreadable.ts';
import { noteSilence } from './note-silence.ts';
import { diskWait } from './internal.ts';
import { placeReleased, releaseLeases, wakeNewOwners } from './release-leases.ts';
import {
  awaitWriters,
  parseRenewals,
  registerRunner,
  type Renewal,
  renewLeases,
} from './renew-leases.ts';
import { DeletedRow, deletedOf, storeMetrics } from './store-metrics.ts';

/**
 * One heartbeat of a runner, in one transaction and one round trip: renews the leases it names and holds, tells it what
 * it lost, and hands out what it should take up. It must name every session whose browser may be alive. What it gives back
 * goes to another runner, which is woken. Messages for later that are due get their place, and are told of.
 */
export async function heartbeat({
  services,
  input,
}: {
  services: Pick<Services, 'db' | 'env' | 'runners' | keyof AfterCommit>;
  input: HeartbeatRequest;
}): Promise<HeartbeatResponse> {
  const { db, log } = services;
  const wait = diskWait(services.env);
  const releases = await placeReleased(services, input);
  const [, registered, released, , renewals, crashing, own, orphans, , deleted, promoted] =
    await db.batch([
      db.execute(noteSilence()),
      db.execute(registerRunner(input)),
      db.execute(releaseLeases(input, releases, wait)),
      db.execute(awaitWriters(input)),
      db.execute(renewLeases(input)),
      db.execute(countFailedStarts(input)),
      db.execute(takeUpOwn(input)),
      db.execute(adoptOrphans(input, wait, services.env)),
      db.execute(storeMetrics(input)),
      db.execute(deletedOf(input.stored ?? [])),
      // Last: it locks rows of sessions, and nothing may wait for a lock while it holds them.
      db.execute(promoteDue(isHeldBy(input))),
    ]);
  const { runnerId, bootId } = input;
  const reaching = parsePromoted(promoted.rows);
  services.waitUntil(expireOverdue(services));
  wakeNewOwners(services, releases, released.rows);
  await tellCrashLoops(services, crashing.rows);
  if (registered.rows.length === 0) log({ event: 'heartbeat_of_replaced_boot', runnerId, bootId });

  const response: HeartbeatResponse = {
    renewed: [],
    lost: [],
    assigned: await withProxies(services, [
      ...parseAssignments(own.rows),
      ...parseAssignments(orphans.rows),
    ]),
    leaseMs: LEASE.durationMs,
  };
  for (const renewal of parseRenewals(renewals.rows)) {
    const { session_id: sessionId, outcome } = renewal;
    if (outcome === 'renewed') response.renewed.push(renewed(renewal, reaching));
    else response.lost.push({ sessionId, reason: outcome });
  }
  for (const { id } of DeletedRow.array().parse(deleted.rows))
    response.lost.push({ sessionId: id, reason: 'deleted' });
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

/** Runners beat every few seconds, so that messages expire on time wherever their sessions are. */
async function expireOverdue(services: FailServices): Promise<void> {
  try {
    await expireQueuedMessages(services);
  } catch (error) {
    services.log({ event: 'expiry_failed', ...describeError(error) });
  }
}

const isHeldBy = ({ runnerId, bootId }: HeartbeatRequest): SQL => sql`m.session_id in (
  select l.session_id from session_leases l where l.runner_id = ${runnerId} and l.boot_id = ${bootId})`;

/** With what the user may have changed since the session was handed out. */
function renewed(
  renewal: Renewal,
  reaching: ReadonlyMap<string, number>,
): HeartbeatResponse['renewed'][number] {
  const { session_id: sessionId, epoch, queue_seq } = renewal;
  return {
    sessionId,
    epoch,
    highestQueueSeq: reaching.get(sessionId) ?? queue_seq ?? 0,
    pacing: {
      minIntervalMs: renewal.min_interval_ms ?? 0,
      jitterMs: renewal.jitter_ms ?? 0,
    },
    traffic: {
      status: renewal.include_status ?? false,
      channels: renewal.include_channels ?? false,
    },
    conduct: {
      alwaysOnline: renewal.always_online ?? false,
      rejectCalls: renewal.reject_calls ?? false,
      presenceOf: renewal.presence_of ?? [],
    },
  };
}

/** Opens the proxies. A session whose proxy does not open is taken back: it may not go out by another way. */
async function withProxies(
  services: Parameters<typeof takeBackUnreadable>[0] & Pick<Services, 'env'>,
  sealed: readonly SealedAssignment[],
): Promise<Assignment[]> {
  const opened = await Promise.all(
    sealed.map(async ({ assignment, proxySealed }): Promise<Assignment[]> => {
      if (proxySealed === null) return [assignment];
      const proxy = await openProxy(proxySealed, assignment, services);
      if (proxy !== null) return [{ ...assignment, proxy }];
      await takeBackUnreadable(services, assignment);
      return [];
    }),
  );
  return opened.flat();
}

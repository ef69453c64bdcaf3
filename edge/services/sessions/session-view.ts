import { isoOrNull } from '../../db/moment.ts';
import type { SessionRow } from './internal.ts';

/** A session as the API shows it. */
export type SessionView = ReturnType<typeof viewSession>;

/** What the API shows of a session. Its wire key never leaves the edge but to its owner. */
export function viewSession({ session, lease, runner, isDefault }: SessionRow) {
  return {
    id: session.id,
    name: session.name,
    status: session.status,
    reason: session.reason,
    mode: session.mode,
    phoneNumber: session.phoneNumber,
    displayName: session.displayName,
    profile: session.sandboxProfile,
    isDefault,
    region: session.region,
    includeStatus: session.includeStatus,
    includeChannels: session.includeChannels,
    proxy: session.proxyShown,
    pacing: { minIntervalMs: session.minIntervalMs, jitterMs: session.jitterMs },
    runner:
      lease === null || runner === null
        ? null
        : { id: runner.id, epoch: lease.epoch, pid: runner.pid },
    createdBy: session.createdBy,
    lastActiveAt: isoOrNull(session.lastActiveAt),
    createdAt: session.createdAt.toISOString(),
    updatedAt: session.updatedAt.toISOString(),
    archivedAt: isoOrNull(session.archivedAt),
  };
}

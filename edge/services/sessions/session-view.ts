import type { SessionMetrics } from '../../../shared/protocol/leases.ts';
import type { SessionStatus } from '../../../shared/session-status.ts';
import type { ServiceContext } from '../../context.ts';
import { isoOrNull } from '../../db/moment.ts';
import type { SessionRow } from './internal.ts';

/** A session as the API shows it. */
export type SessionView = ReturnType<typeof viewSession>;

/**
 * The last word of a session's owner, but for two cases: an owner that died said `online` last, and until the next one
 * has spoken the session is on its way back; and without a place on any runner, that is the reason for where it stands.
 */
export function shownStatus({
  session: { status, reason },
  lease,
  ownerSpeaks,
  waitsForCapacity,
}: SessionRow): { status: SessionStatus; reason: string } {
  const isBetween = status === 'online' && lease?.desired === 'running' && !ownerSpeaks;
  const shown = isBetween
    ? { status: 'reconnecting' as const, reason: 'owner_changing' }
    : { status, reason };
  return waitsForCapacity ? { ...shown, reason: 'waiting_for_capacity' } : shown;
}

/** Older measurements are of a browser that may be gone. */
const FRESH_MS = 120_000;

/** What the session's processes took when its owner last measured; null unless that was within two minutes. */
export function freshResources(
  lease: SessionRow['lease'],
  now: number,
): (SessionMetrics & { measuredAt: string }) | null {
  const { metrics = null, metricsAt = null } = lease ?? {};
  if (metrics === null || metricsAt === null || metricsAt.getTime() <= now - FRESH_MS) return null;
  return { ...metrics, measuredAt: metricsAt.toISOString() };
}

/** What the API shows of a session. Its wire key never leaves the edge but to its owner. */
export function viewSession(
  { contentSeal, now }: Pick<ServiceContext, 'contentSeal' | 'now'>,
  row: SessionRow,
) {
  const { session, lease, runner, isDefault } = row;
  const resources = freshResources(lease, now());
  return {
    id: session.id,
    name: session.name,
    ...shownStatus(row),
    statusSince: isoOrNull(row.statusSince),
    mode: session.mode,
    phoneNumber: session.phoneNumber,
    displayName: session.displayName,
    profile: session.sandboxProfile,
    isDefault,
    region: session.region,
    includeStatus: session.includeStatus,
    includeChannels: session.includeChannels,
    alwaysOnline: session.alwaysOnline,
    rejectCalls: session.rejectCalls,
    rejectCallText: contentSeal.open(session.workspaceId, session.rejectCallText),
    presenceOf: session.presenceOf,
    proxy: session.proxyShown,
    pacing: { minIntervalMs: session.minIntervalMs, jitterMs: session.jitterMs },
    firstContactsPerHour: session.firstContactsPerHour,
    firstContactsPerDay: session.firstContactsPerDay,
    runner:
      lease === null || runner === null
        ? null
        : { id: runner.id, epoch: lease.epoch, pid: runner.pid },
    memoryBytes: resources === null ? null : (resources.pssBytes ?? resources.rssBytes),
    createdBy: session.createdBy,
    lastActiveAt: isoOrNull(session.lastActiveAt),
    webVersion: session.webVersion,
    phoneSeenAt: isoOrNull(session.phoneSeenAt),
    phoneUnseen: session.phoneUnseenAt !== null,
    createdAt: session.createdAt.toISOString(),
    updatedAt: session.updatedAt.toISOString(),
    archivedAt: isoOrNull(session.archivedAt),
  };
}

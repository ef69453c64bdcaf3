import type { ServiceContext } from '../../context.ts';
import { describeError } from '../../log/describe-error.ts';
import { type SessionLimit, type Tier, TIER_PER_MINUTE, TIER_SOCKETS } from '../sessions/tiers.ts';
import { readWorkspace } from '../workspace/get-workspace.ts';
import { dayOf } from './get-stats.ts';
import { type Counts, readStats } from './read-stats.ts';

export type Usage = {
  tier: Tier;
  sessions: { used: number; limit: SessionLimit };
  media: { usedBytes: number; limitBytes: number };
  /** `used` is null while nobody can say it. */
  realtimeConnections: { used: number | null; limit: number };
  requestsPerMinute: { limit: number };
  from: string;
  to: string;
  messages: Counts;
};

/** What the tier includes and what is used of it, with the messages of a month of UTC in the sessions that the caller reaches. */
export async function getUsage({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  /** `YYYY-MM`; null: this month. */
  input: { month: string | null };
}): Promise<Usage> {
  const month = input.month ?? dayOf(ctx.now()).slice(0, 7);
  const first = new Date(`${month}-01T00:00:00Z`);
  const from = dayOf(first.getTime());
  const to = dayOf(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0));
  const filter = { from, to, sessionId: null, type: null };
  const [workspace, sockets, [total]] = await Promise.all([
    readWorkspace(ctx),
    countSockets(ctx),
    readStats(ctx, filter, null),
  ]);
  if (total === undefined) throw new Error('a sum over no rows is one row');
  const { day: _day, sessionId: _session, type: _type, ...messages } = total;
  const { tier, sessionsUsed: used, maxSessions: limit } = workspace;
  const media = { usedBytes: workspace.mediaBytesUsed, limitBytes: workspace.maxMediaBytes };
  return {
    tier,
    sessions: { used, limit },
    media,
    realtimeConnections: { used: sockets, limit: TIER_SOCKETS[tier] },
    requestsPerMinute: { limit: TIER_PER_MINUTE[tier] },
    from,
    to,
    messages,
  };
}

/** What else the usage says does not depend on it. */
async function countSockets({ hubs, log, workspaceId }: ServiceContext): Promise<number | null> {
  try {
    return await hubs.count(workspaceId);
  } catch (error) {
    log({ event: 'sockets_not_counted', workspaceId, ...describeError(error) });
    return null;
  }
}

import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { SessionMode } from '../../../shared/session-status.ts';
import type { ServiceContext } from '../../context.ts';
import { Count } from '../../db/moment.ts';
import { describeError } from '../../log/describe-error.ts';
import { choosePlacement, type RunnerLoad } from '../../runners/placement.ts';
import { type Origin, regionNearest } from '../../runners/regions.ts';
import { loadRunners, workspaceStarts } from '../ownership/internal.ts';
import { leavesReserve } from '../ownership/reserved-places.ts';
import { reconcileFleet } from './reconcile.ts';

const Row = z.object({ starts: Count, leavesReserve: z.boolean() });

/**
 * The runner that should get a session of this workspace now; null when none can: a heartbeat takes it up later, and
 * `growFleet` sees to it that there will be one. `runners` are those that were looked at.
 */
export async function findPlace(
  ctx: ServiceContext,
  want: { region: string | null; mode: SessionMode; phoneNumber: string | null },
): Promise<{ runner: RunnerLoad | null; runners: RunnerLoad[] }> {
  const [runners, { rows }] = await Promise.all([
    loadRunners(ctx.db),
    ctx.db.execute(
      sql`select ${workspaceStarts(sql`${ctx.workspaceId}`)} as starts, ${leavesReserve({
        mode: sql`${want.mode}::text`,
        phoneNumber: sql`${want.phoneNumber}::text`,
        workspaceId: sql`${ctx.workspaceId}`,
      })} as "leavesReserve"`,
    ),
  ]);
  const found = Row.parse(rows[0]);
  const runner = choosePlacement(runners, {
    region: want.region,
    workspaceStartsLastMinute: found.starts,
    reservedPercent: found.leavesReserve ? ctx.env.RESERVED_PLACES_PERCENT : 0,
  });
  return { runner, runners };
}

/** Looks at once whether the fleet should grow, instead of at the next minute. To be called when the session is written. */
export async function growFleet(ctx: ServiceContext): Promise<void> {
  if (ctx.fleet.scaling === null) return;
  try {
    await reconcileFleet(ctx, 'growth');
  } catch (error) {
    ctx.log({ event: 'fleet_growth_failed', requestId: ctx.requestId, ...describeError(error) });
  }
}

/** Where a session without a wish of its own belongs: where its workspace is, else near whoever makes it. */
export const regionFor = (workspaceRegion: string | null, origin: Origin): string | null =>
  workspaceRegion ?? regionNearest(origin);

const Cf = z.object({
  colo: z.string().optional(),
  country: z.string().optional(),
  continent: z.string().optional(),
  latitude: z.string().optional(),
  longitude: z.string().optional(),
});

/** What Cloudflare says of where a request came from; nothing elsewhere. */
export const originOf = (request: Request): Origin =>
  'cf' in request ? (Cf.safeParse(request.cf).data ?? {}) : {};

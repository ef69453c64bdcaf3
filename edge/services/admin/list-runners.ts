import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { LEASE } from '../../../shared/protocol/leases.ts';
import type { ServiceContext } from '../../context.ts';
import { Count, Moment } from '../../db/moment.ts';
import { requireAdministrator } from './require-administrator.ts';

const LIMIT = 1_000;

const Row = z.object({
  id: z.string(),
  region: z.string(),
  url: z.string(),
  max_sessions: Count,
  draining: z.boolean(),
  heartbeat_at: Moment,
  alive: z.boolean(),
  sessions: Count,
});

/** A runner as its last heartbeat described it. `alive`: heard of so lately that nobody may take its sessions over. */
export type RunnerView = {
  id: string;
  region: string;
  host: string;
  maxSessions: number;
  sessions: number;
  draining: boolean;
  alive: boolean;
  heartbeatAt: string;
};

/** The fleet, the runners heard of last first. */
export async function listRunners({ ctx }: { ctx: ServiceContext }): Promise<RunnerView[]> {
  requireAdministrator(ctx);
  const { rows } = await ctx.db.execute(sql`
    select r.id, r.region, r.url, r.max_sessions, r.draining, r.heartbeat_at,
      r.heartbeat_at > now() - ${LEASE.takeoverMs}::int * interval '1 millisecond' as alive,
      (select count(*) from session_leases l where l.runner_id = r.id and l.desired = 'running') as sessions
    from runners r order by r.heartbeat_at desc, r.id limit ${LIMIT}::int`);
  return z
    .array(Row)
    .parse(rows)
    .map((row) => ({
      id: row.id,
      region: row.region,
      host: URL.parse(row.url)?.host ?? '',
      maxSessions: row.max_sessions,
      sessions: row.sessions,
      draining: row.draining,
      alive: row.alive,
      heartbeatAt: row.heartbeat_at.toISOString(),
    }));
}

import { type SQL, sql } from 'drizzle-orm';
import { AppError } from '../../../shared/errors.ts';
import { TIER_SESSIONS } from './tiers.ts';

/** Statement: holds the workspace, so that a count of its sessions in the next statement stays true until commit. */
export const holdWorkspace = (workspaceId: string): SQL =>
  sql`select 1 from workspaces where id = ${workspaceId} for update`;

/** CTE `room(id, region, min_interval_ms, jitter_ms, allowed, used)`: how many sessions the workspace may have, and has. */
export const roomCte = (workspaceId: string): SQL => sql`room as (
  select w.id, w.region, w.min_interval_ms, w.jitter_ms,
    coalesce(w.max_sessions, case w.tier when 'max' then ${TIER_SESSIONS.max}::int
      when 'pro' then ${TIER_SESSIONS.pro}::int else ${TIER_SESSIONS.basic}::int end) as allowed,
    (select count(*) from sessions s where s.workspace_id = w.id and s.archived_at is null) as used
  from workspaces w where w.id = ${workspaceId}
)`;

export const noRoom = ({ used, allowed }: { used: number; allowed: number }): AppError =>
  new AppError(
    'LIMIT_EXCEEDED',
    `This workspace has ${used} of ${allowed} sessions; delete or archive one, or raise the tier.`,
    { used, allowed },
  );

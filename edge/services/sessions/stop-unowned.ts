import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { newId } from '../../../shared/ids.ts';
import type { Services } from '../../context.ts';
import { type AfterCommit, afterCommit } from '../../events/after-commit.ts';
import { append, Appended, BELLS, fact, lockWorkspaces } from '../../events/append.ts';
import { isFree } from '../ownership/internal.ts';

type Stop = { sessionId: string; reason: string; now: number };

/** States that a stop leaves as they are: a session that ended by itself keeps its reason. */
const AT_REST = sql.raw(`('disconnected', 'logged_out', 'failed')`);

/**
 * Statement: what an owner would report of a stop, for a session that no runner can have open. One that may still be
 * open stays as it is: its owner reports, or `settleStopped` does when the owner is gone. Belongs behind `stopLease` in a
 * batch that begins with `lockWorkspaces`.
 */
export const stopUnowned = (stop: Stop): SQL =>
  settle(
    { ...stop, status: 'disconnected' },
    sql`s.status not in ${AT_REST} and exists (
      select from session_leases l where l.session_id = s.id and l.desired = 'stopped'
        and (${isFree()} or ${isUntaken()}))`,
  );

/** True for a session that a runner was given, and that none has started since. */
const isUntaken = (): SQL => sql`(l.boot_id is null and l.started_epoch is distinct from l.epoch)`;

/** Statement: the same for a logout, whoever owns the session. The caller raises the epoch, so no owner reports after it. */
export const logOut = (stop: Stop): SQL =>
  settle({ ...stop, status: 'logged_out' }, sql`s.status <> 'logged_out'`);

/** The row, its log and `session.status`. */
function settle(
  { sessionId, now, ...to }: Stop & { status: 'disconnected' | 'logged_out' },
  where: SQL,
): SQL {
  const status = fact('session.status', {
    from: sql`stopped`,
    id: sql`${newId('event', now)}`,
    workspaceId: sql`stopped.workspace_id`,
    sessionId: sql`stopped.id`,
    data: {
      from: sql`stopped.before`,
      ...to,
      phoneNumber: sql`stopped.phone_number`,
      lid: sql`stopped.lid`,
      displayName: sql`stopped.display_name`,
    },
  });
  return sql`
    with target as (
      select s.id, s.status from sessions s where s.id = ${sessionId} and ${where} for update of s
    ),
    stopped as (
      update sessions s set status = ${to.status}, reason = ${to.reason}, action = null,
        reconnect_attempt = null, reconnect_at = null, updated_at = now()
      from target where s.id = target.id
      returning s.id, s.workspace_id, s.phone_number, s.lid, s.display_name, target.status as before
    ),
    logged as (
      insert into session_log (session_id, status, reason)
      select id, ${to.status}, ${to.reason} from stopped
    ),
    ${append([status], now)}
    select ${BELLS}`;
}

/** Hands what these statements wrote to QStash. */
export function publishStopped(services: AfterCommit, written: { rows: unknown[] }): void {
  afterCommit(services, Appended.parse(written.rows[0]).bells);
}

const BATCH = 200;
const Left = z.object({ id: z.string(), workspace_id: z.string(), reason: z.string() });

/** Settles sessions whose stop was asked of a runner that is gone, and can no longer report it. */
export async function settleStopped(services: Services): Promise<void> {
  const { db } = services;
  const { rows } = await db.execute(sql`
    select s.id, s.workspace_id, case when s.archived_at is null then 'stop_requested' else 'archived' end as reason
    from session_leases l join sessions s on s.id = l.session_id
    where l.desired = 'stopped' and s.status not in ${AT_REST} and ${isFree()}
    order by s.id limit ${BATCH}::int`);
  for (const { id, workspace_id, reason } of z.array(Left).parse(rows)) {
    const [, written] = await db.batch([
      db.execute(lockWorkspaces([workspace_id])),
      db.execute(stopUnowned({ sessionId: id, reason, now: services.now() })),
    ]);
    publishStopped(services, written);
  }
}

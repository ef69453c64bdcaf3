import { type SQL, sql } from 'drizzle-orm';
import { newId } from '../../../shared/ids.ts';
import type { ServiceContext } from '../../context.ts';
import { afterCommit } from '../../events/after-commit.ts';
import { append, Appended, BELLS, fact } from '../../events/append.ts';
import { ownerOf, type SessionRow } from './internal.ts';

type Stopped = { status: 'disconnected' | 'logged_out'; reason: string };

/**
 * Statement: what an owner would report, for a session that has none: the row, its log and `session.status`. One that is
 * owned, or in that state already, stays as it is. Belongs behind `lockWorkspaces`.
 */
export function stopUnowned(ctx: ServiceContext, row: SessionRow, to: Stopped): SQL {
  const unowned = ownerOf(row) === null;
  // A session that ended by itself keeps its reason; only a logout replaces it.
  const settled =
    to.status === 'logged_out'
      ? sql`('logged_out')`
      : sql`('disconnected', 'logged_out', 'failed')`;
  const status = fact('session.status', {
    from: sql`stopped`,
    id: sql`${newId('event', ctx.now())}`,
    workspaceId: sql`stopped.workspace_id`,
    sessionId: sql`stopped.id`,
    data: {
      from: row.session.status,
      ...to,
      phoneNumber: sql`stopped.phone_number`,
      lid: sql`stopped.lid`,
      displayName: sql`stopped.display_name`,
    },
  });
  return sql`
    with stopped as (
      update sessions s set status = ${to.status}, reason = ${to.reason}, action = null,
        reconnect_attempt = null, reconnect_at = null, updated_at = now()
      where s.id = ${row.session.id} and ${unowned}::boolean and s.status not in ${settled}
      returning s.id, s.workspace_id, s.phone_number, s.lid, s.display_name
    ),
    logged as (
      insert into session_log (session_id, status, reason)
      select id, ${to.status}, ${to.reason} from stopped
    ),
    ${append([status], ctx.now())}
    select ${BELLS}`;
}

/** Hands what `stopUnowned` wrote to QStash. */
export function publishStopped(ctx: ServiceContext, written: { rows: unknown[] }): void {
  afterCommit(ctx, Appended.parse(written.rows[0]).bells);
}

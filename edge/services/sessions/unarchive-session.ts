import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { ServiceContext } from '../../context.ts';
import { Count } from '../../db/moment.ts';
import { auditInsert, notWritten } from '../audit/audit-row.ts';
import { findSession } from './internal.ts';
import { holdWorkspace, noRoom, roomCte } from './room.ts';
import { type SessionView, viewSession } from './session-view.ts';

const Outcome = z.object({
  archived: z.boolean(),
  restored: z.boolean(),
  used: Count,
  allowed: Count,
});

/**
 * Takes a session out of the archive. It counts in the tier again and stays stopped until it is started. One that is not
 * archived stays as it is.
 * @throws AppError SESSION_NOT_FOUND, LIMIT_EXCEEDED when the tier has no place left
 */
export async function unarchiveSession({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { id: string };
}): Promise<SessionView> {
  const { session } = await findSession(ctx, input.id, { archived: true });
  const [, { rows }] = await ctx.db.batch([
    ctx.db.execute(holdWorkspace(ctx.workspaceId)),
    ctx.db.execute(sql`
      with ${roomCte(ctx.workspaceId)},
      restored as (
        update sessions s set archived_at = null, updated_at = now()
        from room
        where s.id = ${session.id} and s.workspace_id = room.id
          and s.archived_at is not null and room.used < room.allowed
        returning s.id
      ),
      audited as (${auditInsert(ctx, { target: session.id, from: 'restored' })})
      select exists (select from restored) as restored, room.used, room.allowed, exists (
        select from sessions s where s.id = ${session.id} and s.archived_at is not null
      ) as archived
      from room`),
  ]);
  const outcome = Outcome.parse(rows[0]);
  if (outcome.archived && !outcome.restored) throw noRoom(outcome);
  if (!outcome.restored) notWritten(ctx);
  return viewSession(ctx, await findSession(ctx, session.id));
}

import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { ServiceContext } from '../../context.ts';
import { type Cursor, cutPage } from '../../db/cursor.ts';
import { filteredSession } from '../sessions/internal.ts';
import { reachOf, SESSION_COLUMNS, withinReach } from '../users/reach.ts';
import { BULK_COLUMNS, BULK_PROGRESS, BulkRow, type BulkView, viewBulk } from './bulk-view.ts';

/**
 * Bulks of the sessions that the caller reaches, newest first.
 * @throws AppError SESSION_NOT_FOUND; FORBIDDEN for a session that the key does not reach
 */
export async function listBulks({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { session: string | null; cursor: Cursor | null; limit: number };
}): Promise<{ bulks: BulkView[]; nextCursor: string | null }> {
  const { session, cursor, limit } = input;
  const sessionId = await filteredSession(ctx, session);
  const { rows } = await ctx.db.execute(sql`
    select ${BULK_COLUMNS} from (
      select b.*, s.name as session_name from bulks b join sessions s on s.id = b.session_id
      where b.workspace_id = ${ctx.workspaceId} and ${withinReach(reachOf(ctx), SESSION_COLUMNS) ?? sql`true`}
        and (${sessionId}::text is null or b.session_id = ${sessionId})
        and (${cursor === null}::boolean or (b.created_at, b.id) < (${cursor?.at.toISOString() ?? null}::timestamptz, ${cursor?.id ?? null}::text))
      order by b.created_at desc, b.id desc limit ${limit + 1}::int
    ) b ${BULK_PROGRESS}
    order by b.created_at desc, b.id desc`);
  const { page, nextCursor } = cutPage(z.array(BulkRow).parse(rows), limit, (row) => ({
    at: row.created_at,
    id: row.id,
  }));
  return { bulks: page.map(viewBulk), nextCursor };
}

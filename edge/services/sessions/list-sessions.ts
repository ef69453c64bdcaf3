import { and, desc, isNotNull, isNull } from 'drizzle-orm';
import type { ServiceContext } from '../../context.ts';
import { beforeCursor, type Cursor, cutPage } from '../../db/cursor.ts';
import { sessions } from '../../db/schema/index.ts';
import { reachOf, withinReach } from '../users/reach.ts';
import { selectSessions } from './internal.ts';
import { type SessionView, viewSession } from './session-view.ts';

/** Sessions that the caller reaches, newest first: those in use, or those in the archive. */
export async function listSessions({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { cursor: Cursor | null; limit: number; archived: boolean };
}): Promise<{ sessions: SessionView[]; nextCursor: string | null }> {
  const { cursor, limit } = input;
  const rows = await selectSessions(
    ctx,
    and(
      input.archived ? isNotNull(sessions.archivedAt) : isNull(sessions.archivedAt),
      withinReach(reachOf(ctx), sessions),
      beforeCursor(cursor, { at: sessions.createdAt, id: sessions.id }),
    ),
  )
    .orderBy(desc(sessions.createdAt), desc(sessions.id))
    .limit(limit + 1);
  const { page, nextCursor } = cutPage(rows, limit, ({ session }) => ({
    at: session.createdAt,
    id: session.id,
  }));
  const views = page.map(({ defaultSessionId, ...row }) =>
    viewSession(ctx, { ...row, isDefault: defaultSessionId === row.session.id }),
  );
  return { sessions: views, nextCursor };
}

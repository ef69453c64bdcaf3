import { and, desc, eq } from 'drizzle-orm';
import type { SessionStatus } from '../../../shared/session-status.ts';
import type { ServiceContext } from '../../context.ts';
import { beforeCursor, type Cursor, cutPage } from '../../db/cursor.ts';
import { sessions } from '../../db/schema/index.ts';
import { sessionRows } from '../sessions/internal.ts';
import { type SessionView, viewSession } from '../sessions/session-view.ts';
import { getAnyWorkspace } from './get-any-workspace.ts';
import { requireAdministrator } from './require-administrator.ts';

export type ListAllSessionsInput = {
  cursor: Cursor | null;
  limit: number;
  status: SessionStatus | null;
  workspaceId: string | null;
};

/**
 * Sessions of all workspaces, archived ones too, newest first.
 * @throws AppError NOT_FOUND when there is no such workspace to narrow it to
 */
export async function listAllSessions({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: ListAllSessionsInput;
}): Promise<{ sessions: (SessionView & { workspaceId: string })[]; nextCursor: string | null }> {
  requireAdministrator(ctx);
  const { cursor, limit, status, workspaceId } = input;
  if (workspaceId !== null) await getAnyWorkspace({ ctx, input: { id: workspaceId } });
  const rows = await sessionRows(ctx)
    .where(
      and(
        status === null ? undefined : eq(sessions.status, status),
        workspaceId === null ? undefined : eq(sessions.workspaceId, workspaceId),
        beforeCursor(cursor, { at: sessions.createdAt, id: sessions.id }),
      ),
    )
    .orderBy(desc(sessions.createdAt), desc(sessions.id))
    .limit(limit + 1);
  const { page, nextCursor } = cutPage(rows, limit, ({ session }) => ({
    at: session.createdAt,
    id: session.id,
  }));
  const views = page.map(({ defaultSessionId, ...row }) => ({
    ...viewSession(ctx, { ...row, isDefault: defaultSessionId === row.session.id }),
    workspaceId: row.session.workspaceId,
  }));
  return { sessions: views, nextCursor };
}

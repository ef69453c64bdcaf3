import { desc } from 'drizzle-orm';
import type { ServiceContext } from '../../context.ts';
import { beforeCursor, type Cursor, cutPage } from '../../db/cursor.ts';
import { workspaces } from '../../db/schema/index.ts';
import { requireAdministrator } from './require-administrator.ts';
import {
  ADMIN_WORKSPACE_COLUMNS,
  type AdminWorkspaceView,
  viewAdminWorkspace,
} from './workspace-view.ts';

/** All workspaces, newest first. */
export async function listAllWorkspaces({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { cursor: Cursor | null; limit: number };
}): Promise<{ workspaces: AdminWorkspaceView[]; nextCursor: string | null }> {
  requireAdministrator(ctx);
  const { cursor, limit } = input;
  const rows = await ctx.db
    .select(ADMIN_WORKSPACE_COLUMNS)
    .from(workspaces)
    .where(beforeCursor(cursor, { at: workspaces.createdAt, id: workspaces.id }))
    .orderBy(desc(workspaces.createdAt), desc(workspaces.id))
    .limit(limit + 1);
  const { page, nextCursor } = cutPage(rows, limit, ({ workspace }) => ({
    at: workspace.createdAt,
    id: workspace.id,
  }));
  return { workspaces: page.map(viewAdminWorkspace), nextCursor };
}

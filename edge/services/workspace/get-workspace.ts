import { eq } from 'drizzle-orm';
import { AppError } from '../../../shared/errors.ts';
import type { ServiceContext } from '../../context.ts';
import { workspaces } from '../../db/schema/index.ts';
import { viewWorkspace, WORKSPACE_COLUMNS, type WorkspaceView } from './workspace-view.ts';

/** The workspace that the credential acts in, with its limit and what is used of it. */
export async function getWorkspace({ ctx }: { ctx: ServiceContext }): Promise<WorkspaceView> {
  return readWorkspace(ctx);
}

/** @throws AppError NOT_FOUND when it was deleted since the request began */
export async function readWorkspace(ctx: ServiceContext): Promise<WorkspaceView> {
  const [row] = await ctx.db
    .select(WORKSPACE_COLUMNS)
    .from(workspaces)
    .where(eq(workspaces.id, ctx.workspaceId));
  if (row === undefined) throw new AppError('NOT_FOUND');
  return viewWorkspace(row);
}

import { eq } from 'drizzle-orm';
import { AppError } from '../../../shared/errors.ts';
import type { ServiceContext } from '../../context.ts';
import { workspaces } from '../../db/schema/index.ts';
import { requireAdministrator } from './require-administrator.ts';
import {
  ADMIN_WORKSPACE_COLUMNS,
  type AdminWorkspaceView,
  viewAdminWorkspace,
} from './workspace-view.ts';

/** @throws AppError NOT_FOUND */
export async function getAnyWorkspace({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { id: string };
}): Promise<AdminWorkspaceView> {
  requireAdministrator(ctx);
  const [row] = await ctx.db
    .select(ADMIN_WORKSPACE_COLUMNS)
    .from(workspaces)
    .where(eq(workspaces.id, input.id));
  if (row === undefined) throw new AppError('NOT_FOUND', 'No such workspace.');
  return viewAdminWorkspace(row);
}

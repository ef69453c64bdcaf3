import { sql } from 'drizzle-orm';
import { type SessionLimit, showLimit } from '../sessions/tiers.ts';
import {
  viewWorkspace,
  WORKSPACE_COLUMNS,
  type WorkspaceRow,
  type WorkspaceView,
} from '../workspace/workspace-view.ts';

export const ADMIN_WORKSPACE_COLUMNS = {
  ...WORKSPACE_COLUMNS,
  members:
    sql<number>`(select count(*) from members m where m.workspace_id = workspaces.id)`.mapWith(
      Number,
    ),
};

/** A workspace as platform administrators see it. */
export type AdminWorkspaceView = WorkspaceView & {
  isActive: boolean;
  /** What was set instead of the tier's number; null = the tier's. */
  maxSessionsOverride: SessionLimit | null;
  members: number;
};

export const viewAdminWorkspace = ({
  members,
  ...row
}: WorkspaceRow & { members: number }): AdminWorkspaceView => ({
  ...viewWorkspace(row),
  isActive: row.workspace.isActive,
  maxSessionsOverride:
    row.workspace.maxSessions === null ? null : showLimit(row.workspace.maxSessions),
  members,
});

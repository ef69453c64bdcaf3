import type { App } from '../../http/app.ts';
import { createUser } from './create-user.ts';
import { getAnyWorkspace } from './get-any-workspace.ts';
import { listAllSessions } from './list-all-sessions.ts';
import { listAllWorkspaces } from './list-all-workspaces.ts';
import { listRunners } from './list-runners.ts';
import { listUsers } from './list-users.ts';
import { updateAnyWorkspace } from './update-any-workspace.ts';
import { updateUser } from './update-user.ts';

export function registerAdmin(app: App): void {
  listUsers(app);
  createUser(app);
  updateUser(app);
  listAllWorkspaces(app);
  getAnyWorkspace(app);
  updateAnyWorkspace(app);
  listRunners(app);
  listAllSessions(app);
}

import type { App } from '../../http/app.ts';
import { acceptInvitation } from './accept-invitation.ts';
import { createInvitation } from './create-invitation.ts';
import { deleteInvitation } from './delete-invitation.ts';
import { deleteMember } from './delete-member.ts';
import { getWorkspace } from './get-workspace.ts';
import { listInvitations } from './list-invitations.ts';
import { listMembers } from './list-members.ts';
import { updateMember } from './update-member.ts';
import { updateWorkspace } from './update-workspace.ts';

export function registerWorkspace(app: App): void {
  getWorkspace(app);
  updateWorkspace(app);
  listMembers(app);
  updateMember(app);
  deleteMember(app);
  listInvitations(app);
  createInvitation(app);
  deleteInvitation(app);
  acceptInvitation(app);
}

import { LIMITS } from '../../../shared/catalogue/limits.ts';
import type { invitations } from '../../db/schema/index.ts';

export const INVITATION_DAYS = 7;

/** Invitations that one workspace may have open. */
export const INVITATION_LIMIT = LIMITS.openInvitations.limit;

export type InvitationRow = typeof invitations.$inferSelect;

/** An open invitation as its workspace sees it. The token is in the mail only. */
export type InvitationView = {
  id: string;
  email: string;
  role: 'owner' | 'member';
  allSessions: boolean;
  invitedBy: string | null;
  expiresAt: string;
  createdAt: string;
};

export const viewInvitation = (row: InvitationRow): InvitationView => ({
  id: row.id,
  email: row.email,
  role: row.role,
  allSessions: row.allSessions || row.role === 'owner',
  invitedBy: row.invitedBy,
  expiresAt: row.expiresAt.toISOString(),
  createdAt: row.createdAt.toISOString(),
});

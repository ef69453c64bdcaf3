import { sql } from 'drizzle-orm';
import { members, users } from '../../db/schema/index.ts';

/** Columns of a member, from `members` joined with `users`. */
export const MEMBER_COLUMNS = {
  userId: members.userId,
  name: users.name,
  email: users.email,
  role: members.role,
  allSessions: members.allSessions,
  isActive: users.isActive,
  createdAt: members.createdAt,
};

export type MemberRow = {
  userId: string;
  name: string;
  email: string;
  role: 'owner' | 'member';
  allSessions: boolean;
  isActive: boolean;
  createdAt: Date;
};

/** A member as the workspace sees them. Their id is their user id. */
export type MemberView = {
  id: string;
  name: string;
  email: string;
  role: 'owner' | 'member';
  allSessions: boolean;
  isActive: boolean;
  createdAt: string;
};

export const viewMember = ({ userId, createdAt, ...row }: MemberRow): MemberView => ({
  id: userId,
  ...row,
  allSessions: row.allSessions || row.role === 'owner',
  createdAt: createdAt.toISOString(),
});

/** True while somebody else owns the workspace, too, and may sign in. */
export const anotherOwner = (workspaceId: string, userId: string) => sql`exists (
  select 1 from members other join users person on person.id = other.user_id and person.is_active
  where other.workspace_id = ${workspaceId} and other.role = 'owner' and other.user_id <> ${userId}
)`;

import type { users } from '../../db/schema/index.ts';

/** A person as platform administrators see them. */
export type UserView = {
  id: string;
  name: string;
  email: string;
  emailVerified: boolean;
  role: 'user' | 'admin';
  isActive: boolean;
  createdAt: string;
};

export const viewUser = (row: typeof users.$inferSelect): UserView => ({
  id: row.id,
  name: row.name,
  email: row.email,
  emailVerified: row.emailVerified,
  role: row.role,
  isActive: row.isActive,
  createdAt: row.createdAt.toISOString(),
});

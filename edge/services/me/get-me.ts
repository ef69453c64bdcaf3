import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import type { ServiceContext } from '../../context.ts';
import { Moment } from '../../db/moment.ts';
import { userOf } from '../users/require-role.ts';

const Membership = z.object({
  workspaceId: z.string(),
  name: z.string(),
  role: z.enum(['owner', 'member']),
  allSessions: z.boolean(),
  isActive: z.boolean(),
});

const Row = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  email_verified: z.boolean(),
  role: z.enum(['user', 'admin']),
  time_zone: z.string().nullable(),
  workspace_id: z.string().nullable(),
  created_at: Moment,
  memberships: z.array(Membership),
  providers: z.array(z.string()),
});

/** The signed-in person. `workspaceId` is the workspace that this request acts in, `defaultWorkspaceId` their choice. */
export type MeView = {
  id: string;
  name: string;
  email: string;
  emailVerified: boolean;
  isAdmin: boolean;
  timeZone: string | null;
  workspaceId: string;
  defaultWorkspaceId: string | null;
  memberships: z.infer<typeof Membership>[];
  signInMethods: string[];
  createdAt: string;
};

/** @throws AppError FORBIDDEN for an API key */
export async function getMe({ ctx }: { ctx: ServiceContext }): Promise<MeView> {
  const { userId } = userOf(ctx);
  const { rows } = await ctx.db.execute(sql`
    select u.id, u.name, u.email, u.email_verified, u.role, u.time_zone, u.workspace_id, u.created_at,
      coalesce((
        select jsonb_agg(jsonb_build_object('workspaceId', w.id, 'name', w.name, 'role', m.role,
          'allSessions', m.all_sessions or m.role = 'owner', 'isActive', w.is_active) order by m.created_at, w.id)
        from members m join workspaces w on w.id = m.workspace_id where m.user_id = u.id
      ), '[]') as memberships,
      array(select distinct a.provider_id from auth_accounts a where a.user_id = u.id order by 1) as providers
    from users u where u.id = ${userId}`);
  const row = Row.optional().parse(rows[0]);
  // Deleted since the request began.
  if (row === undefined) throw new AppError('UNAUTHORIZED');
  return {
    id: row.id,
    name: row.name,
    email: row.email,
    emailVerified: row.email_verified,
    isAdmin: row.role === 'admin',
    timeZone: row.time_zone,
    workspaceId: ctx.workspaceId,
    defaultWorkspaceId: row.workspace_id,
    memberships: row.memberships,
    signInMethods: row.providers.map((id) => (id === 'credential' ? 'password' : id)),
    createdAt: row.created_at.toISOString(),
  };
}

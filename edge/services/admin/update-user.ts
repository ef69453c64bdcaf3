import { eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import type { ServiceContext } from '../../context.ts';
import { users } from '../../db/schema/index.ts';
import { auditInsert } from '../audit/audit-row.ts';
import { securityInsert } from '../audit/security-event.ts';
import { requireAdministrator } from './require-administrator.ts';
import { type UserView, viewUser } from './user-view.ts';

const REFUSALS = ['not_admin', 'not_found', 'not_confirmed', 'last_admin', 'admin_email'] as const;

const StoppedKey = z.object({ id: z.string(), name: z.string(), workspaceId: z.string() });

const Outcome = z.object({ refusal: z.enum(REFUSALS).nullable(), keys: z.array(StoppedKey) });

/**
 * Changes a person's platform role, or disables or enables them. Disabling ends their logins in the same statement, and
 * their keys work no more until they are enabled again: `stoppedKeys`. The
 * administrators' rows are locked first, so that two who demote each other leave one.
 * @throws AppError NOT_FOUND, CONFLICT for an administrator whose address is not confirmed, for the last one who may sign
 *   in, and for one whom ADMIN_EMAILS would make one again at their next login
 */
export async function updateUser({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { id: string; role?: 'user' | 'admin' | undefined; isActive?: boolean | undefined };
}): Promise<UserView & { stoppedKeys: z.infer<typeof StoppedKey>[] }> {
  const actor = requireAdministrator(ctx);
  const { id, role = null, isActive = null } = input;
  const listed = JSON.stringify(ctx.env.ADMIN_EMAILS);
  const write = sql`
    with target as (
      select u.id, u.email, u.email_verified, u.role, u.is_active, coalesce(${role}::text, u.role) as new_role,
        coalesce(${isActive}::boolean, u.is_active) as new_is_active
      from users u where u.id = ${id}
    ),
    verdict as (
      select target.*, case
        when not exists (
          select 1 from users me where me.id = ${actor.userId} and me.role = 'admin' and me.is_active
        ) then 'not_admin'
        when target.id is null then 'not_found'
        when target.role = 'user' and target.new_role = 'admin' and not target.email_verified then 'not_confirmed'
        when target.role = 'admin' and target.is_active and not (target.new_role = 'admin' and target.new_is_active)
          and not exists (
            select 1 from users other where other.role = 'admin' and other.is_active and other.id <> ${id}
          ) then 'last_admin'
        when target.role = 'admin' and target.new_role = 'user' and ${listed}::jsonb ? target.email then 'admin_email'
      end as refusal
      from (select 1) as one left join target on true
    ),
    changed as (
      update users u set role = verdict.new_role, is_active = verdict.new_is_active, updated_at = now()
      from verdict where verdict.refusal is null and u.id = verdict.id
      returning u.id, u.is_active
    ),
    signed_out as (
      delete from auth_sessions a using changed where a.user_id = changed.id and not changed.is_active
    ),
    audited as (${auditInsert(ctx, { target: id, from: 'changed' })}),
    role_told as (${securityInsert(ctx, {
      action: 'user.role_changed',
      workspaceId: null,
      target: sql`verdict.id`,
      details: sql`jsonb_build_object('from', verdict.role, 'to', verdict.new_role)`,
      from: sql`verdict join changed on changed.id = verdict.id where verdict.role <> verdict.new_role`,
    })}),
    active_told as (${securityInsert(ctx, {
      action: sql`case when verdict.new_is_active then 'user.enabled' else 'user.disabled' end`,
      workspaceId: null,
      target: sql`verdict.id`,
      from: sql`verdict join changed on changed.id = verdict.id where verdict.is_active <> verdict.new_is_active`,
    })})
    select refusal, (
      select coalesce(json_agg(json_build_object('id', k.id, 'name', k.name, 'workspaceId', k.workspace_id)), '[]')
      from api_keys k join changed on changed.id = k.user_id and not changed.is_active where k.revoked_at is null
    ) as keys
    from verdict`;
  const [, { rows }, [row]] = await ctx.db.batch([
    ctx.db.execute(
      sql`select 1 from users where role = 'admin' or id = ${id} order by id for update`,
    ),
    ctx.db.execute(write),
    ctx.db.select().from(users).where(eq(users.id, id)),
  ]);
  const { refusal, keys } = Outcome.parse(rows[0]);
  if (refusal === 'not_admin') throw new AppError('FORBIDDEN');
  if (refusal === 'not_confirmed')
    throw new AppError(
      'CONFLICT',
      'Anybody can have opened this account: its address is not confirmed. Appoint the person once they have confirmed it.',
      { reason: 'email_not_verified' },
    );
  if (refusal === 'last_admin')
    throw new AppError(
      'CONFLICT',
      'The platform needs at least one active administrator; appoint another one first.',
      { reason: 'last_admin' },
    );
  if (refusal === 'admin_email')
    throw new AppError(
      'CONFLICT',
      'This address is in ADMIN_EMAILS, so its next login would restore the role; remove it from the list first.',
      { reason: 'admin_email' },
    );
  if (row === undefined) throw new AppError('NOT_FOUND', 'No such user.');
  return { ...viewUser(row), stoppedKeys: keys };
}

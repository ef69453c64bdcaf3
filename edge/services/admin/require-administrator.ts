import { type SQL, sql } from 'drizzle-orm';
import { AppError } from '../../../shared/errors.ts';
import type { ServiceContext } from '../../context.ts';
import { isWithin, normalizeRange } from '../../values/address-range.ts';
import { requireAdmin, type UserActor } from '../users/require-role.ts';

/**
 * What every verb of this folder begins with: they act across workspaces, and are the only ones that may.
 * @throws AppError FORBIDDEN for whom is no platform administrator, and from an address outside ADMIN_ALLOWED_IPS
 */
export function requireAdministrator(ctx: ServiceContext): UserActor {
  const admin = requireAdmin(ctx);
  const allowed = ctx.env.ADMIN_ALLOWED_IPS;
  const address = normalizeRange(ctx.callerAddress ?? '');
  if (
    allowed.length > 0 &&
    !(address !== null && allowed.some((range) => isWithin(address, range)))
  )
    throw new AppError('FORBIDDEN', 'Administration is not allowed from this address.', {
      address: ctx.callerAddress ?? null,
    });
  return admin;
}

/** CTE `me`: a row while the caller is an administrator still. It is locked, so that they are one until the write is done. */
export const stillAdministrator = ({ userId }: UserActor): SQL => sql`
  me as materialized (select u.id from users u where u.id = ${userId} and u.role = 'admin' and u.is_active for share)`;

/** @throws AppError FORBIDDEN for a caller whom another administrator took the role from meanwhile */
export function refuseFormerAdministrator(rows: readonly unknown[]): void {
  if (rows.length === 0)
    throw new AppError('FORBIDDEN', 'Only a platform administrator may do that.', {
      required: 'admin',
    });
}

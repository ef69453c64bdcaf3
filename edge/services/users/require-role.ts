import { AppError } from '../../../shared/errors.ts';
import type { Actor, ServiceContext } from '../../context.ts';

export type UserActor = Extract<Actor, { type: 'user' }>;

/** @throws AppError FORBIDDEN when the request was made with an API key */
export function userOf({ actor }: ServiceContext): UserActor {
  if (actor.type === 'user') return actor;
  throw new AppError(
    'FORBIDDEN',
    'This takes a signed-in user, not an API key: a user token, a Supabase token or the dashboard.',
    { required: 'user' },
  );
}

/** @throws AppError FORBIDDEN for everybody but the workspace's owners */
export function requireOwner(ctx: ServiceContext): UserActor {
  const user = userOf(ctx);
  if (user.role === 'owner') return user;
  throw new AppError('FORBIDDEN', 'Only an owner of the workspace may do that.', {
    required: 'owner',
  });
}

/** @throws AppError FORBIDDEN for everybody but platform administrators */
export function requireAdmin(ctx: ServiceContext): UserActor {
  const user = userOf(ctx);
  if (user.isAdmin) return user;
  throw new AppError('FORBIDDEN', 'Only a platform administrator may do that.', {
    required: 'admin',
  });
}

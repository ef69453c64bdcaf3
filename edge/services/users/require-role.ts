import { AppError } from '../../../shared/errors.ts';
import type { Actor, ServiceContext } from '../../context.ts';
import { testKeyOnLive } from '../keys/refusals.ts';

export type UserActor = Extract<Actor, { type: 'user' }>;

/** @throws AppError FORBIDDEN when the request was made with an API key */
export function userOf({ actor }: ServiceContext): UserActor {
  if (actor.type === 'user') return actor;
  throw new AppError(
    'FORBIDDEN',
    'This needs a signed-in user, not an API key: use a user token, a Supabase token or the dashboard.',
    { required: 'user' },
  );
}

/** @throws AppError FORBIDDEN for everybody but the workspace's owners */
export function requireOwner(ctx: ServiceContext): UserActor {
  const user = userOf(ctx);
  if (user.role === 'owner') return user;
  throw ownersOnly();
}

/**
 * For what concerns the workspace as a whole and its keys may do too.
 * @throws AppError FORBIDDEN for a member who is no owner and their keys, and for a key that is pinned or a test key
 */
export function requireManager(ctx: ServiceContext): void {
  const { actor } = ctx;
  if (actor.type === 'user') requireOwner(ctx);
  if (actor.type !== 'apiKey') return;
  if (actor.person?.role === 'member') throw ownersOnly();
  if (actor.mode === 'test') throw testKeyOnLive();
  if (actor.sessionId !== null)
    throw new AppError('FORBIDDEN', 'A key pinned to a session cannot change the workspace.');
}

/** @throws AppError FORBIDDEN for everybody but platform administrators */
export function requireAdmin(ctx: ServiceContext): UserActor {
  const user = userOf(ctx);
  if (user.isAdmin) return user;
  throw new AppError('FORBIDDEN', 'Only a platform administrator may do that.', {
    required: 'admin',
  });
}

const ownersOnly = (): AppError =>
  new AppError('FORBIDDEN', 'Only an owner of the workspace may do that.', { required: 'owner' });

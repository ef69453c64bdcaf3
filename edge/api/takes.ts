import { AppError } from '../../shared/errors.ts';
import type { ServiceContext } from '../context.ts';
import { adminsOnly, keysOnly, ownersOnly, usersOnly } from '../http/allowed-credentials.ts';
import { requireAdministrator } from '../services/admin/require-administrator.ts';
import { requireScope, type Scope } from '../services/keys/require-scope.ts';
import { requireOwner, userOf } from '../services/users/require-role.ts';

type Role = 'user' | 'owner' | 'admin';

/**
 * Who may use an operation. This is the only place that says it: `operation()` checks it before `run`, the OpenAPI document
 * shows it, and verbs do not check again. A verb is safe because its `ctx` comes from `operation()` alone, which does not
 * compile without `takes`.
 */
export type Takes = {
  /** The scope that a key needs. */
  keys: Scope | 'any' | 'none';
  /** What a signed-in person must be. */
  users: Role | 'none';
  /** The verb's own statement checks the key, so that nothing is read of it before. */
  keyCheckedInStatement?: true;
  /** Also while the workspace is suspended that the person acts in. */
  whileSuspended?: true;
};

/** Keys with the scope, and signed-in people. */
export const scope = (keys: Scope): Takes => ({ keys, users: 'user' });

/** As `scope`, for a verb whose SQL statement checks the key's state and scope by itself: saves an upstream call. */
export const scopeInStatement = (keys: Scope): Takes => ({
  ...scope(keys),
  keyCheckedInStatement: true,
});

/** API keys, whatever their scopes. */
export const anyKey: Takes = { keys: 'any', users: 'none' };

/** Signed-in people with this role: `user` is anybody, `owner` an owner of the workspace, `admin` a platform administrator. */
export const role = (users: Role, options: Pick<Takes, 'whileSuspended'> = {}): Takes => ({
  keys: 'none',
  users,
  ...options,
});

const REQUIRE_ROLE: Readonly<Record<Role, (ctx: ServiceContext) => unknown>> = {
  user: userOf,
  owner: requireOwner,
  admin: requireAdministrator,
};

/** @throws AppError FORBIDDEN for whom the operation does not take */
export function requireTaken(ctx: ServiceContext, takes: Takes): void {
  const { keys, users } = takes;
  if (ctx.actor.type === 'apiKey' && keys !== 'none') {
    if (keys !== 'any' && takes.keyCheckedInStatement !== true) requireScope(ctx, keys);
    return;
  }
  if (users === 'none') throw new AppError('FORBIDDEN', 'This takes an API key.');
  REQUIRE_ROLE[users](ctx);
}

const DOCUMENTED_ROLE = { user: usersOnly, owner: ownersOnly, admin: adminsOnly };

/** The same for the OpenAPI document. */
export function documentTaken({ keys, users }: Takes): object {
  if (keys === 'any') return keysOnly;
  if (keys !== 'none') return { 'x-required-scope': keys };
  return users === 'none' ? {} : DOCUMENTED_ROLE[users];
}

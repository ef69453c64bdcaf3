import { AppError } from '../../../shared/errors.ts';
import type { Actor, ServiceContext } from '../../context.ts';
import { lacksScope } from './refusals.ts';

/** What a key can be allowed to do. A key holds scopes, `area:*` or `*`. */
export const SCOPES = [
  'messages:send',
  'messages:read',
  'sessions:read',
  'sessions:write',
  'channels:read',
  'channels:write',
  'chats:read',
  'chats:write',
  'contacts:read',
  'contacts:write',
  'groups:read',
  'groups:write',
  'profile:read',
  'profile:write',
  'status:read',
  'status:write',
  'webhooks:read',
  'webhooks:write',
  'events:read',
  'keys:read',
  'keys:write',
  'audit:read',
  'workspace:read',
  'workspace:write',
] as const;
export type Scope = (typeof SCOPES)[number];

/** Scopes that only owners hold, and their keys. */
const OWNER_SCOPES: readonly Scope[] = ['audit:read', 'workspace:write'];

/** All that may stand in a key's scope list. */
export const GRANTS: readonly string[] = [
  '*',
  ...new Set(SCOPES.map((scope) => `${scope.split(':')[0]}:*`)),
  ...SCOPES,
];

/** What lets a key do something that only owners may. */
export const OWNER_GRANTS: readonly string[] = [
  ...new Set(OWNER_SCOPES.flatMap((scope) => grantsOf(scope))),
];

/** What members may give to a key of theirs. */
export const MEMBER_GRANTS: readonly string[] = GRANTS.filter(
  (grant) => !OWNER_GRANTS.includes(grant),
);

/** The entries of a key's scope list that grant this scope. */
export function grantsOf(scope: Scope): string[] {
  return ['*', `${scope.split(':')[0]}:*`, scope];
}

/** @throws AppError FORBIDDEN when the key lacks the scope. Runners and jobs act by their own right. */
export function requireScope(ctx: ServiceContext, scope: Scope): void {
  if (!holdsScope(ctx, scope)) throw lacksScope(scope);
}

/** The same as an answer, where a caller without the scope is shown less. */
export function holdsScope({ actor }: Pick<ServiceContext, 'actor'>, scope: Scope): boolean {
  return actor.type !== 'apiKey' || grantsOf(scope).some((grant) => actor.scopes.includes(grant));
}

export type KeyActor = Extract<Actor, { type: 'apiKey' }>;

/** The key behind the request. Routes for callers sit behind the credential middleware, so that it is there. */
export function keyOf(ctx: ServiceContext): KeyActor {
  if (ctx.actor.type !== 'apiKey') throw new AppError('UNAUTHORIZED');
  return ctx.actor;
}

import { AppError } from '../../shared/errors.ts';
import type { ServiceContext } from '../context.ts';
import { requireScope, type Scope } from '../services/keys/require-scope.ts';
import { requireAdministrator } from '../services/admin/require-administrator.ts';
import { requireOwner, userOf } from '../services/users/require-role.ts';

/** Who may call an operation. */
export type Takes =
  /** Keys with the scope, and people. */
  | { kind: 'scope'; scope: Scope; checkedBy: 'operation' | 'statement' }
  /** API keys, whatever their scopes. */
  | { kind: 'key' }
  /** People in this role, and no keys. */
  | { kind: 'user' | 'owner' | 'admin' };

export const scope = (name: Scope): Takes => ({
  kind: 'scope',
  scope: name,
  checkedBy: 'operation',
});

/** As `scope`, for a send: its one statement reads the key and its scopes itself. */
export const scopeInStatement = (name: Scope): Takes => ({
  kind: 'scope',
  scope: name,
  checkedBy: 'statement',
});

export const anyKey: Takes = { kind: 'key' };
export const users: Takes = { kind: 'user' };
export const owners: Takes = { kind: 'owner' };
export const admins: Takes = { kind: 'admin' };

/** Names of the security schemes in the OpenAPI document. */
const KEY_SCHEMES = ['bearerKey', 'apiKey'];
export const ADMIN_PASSWORD_SCHEME = 'adminPassword';
const USER_SCHEMES = ['userToken', 'supabaseToken', 'cookie'];

type Security = Record<string, string[]>[];
const anyOf = (schemes: readonly string[]): Security => schemes.map((scheme) => ({ [scheme]: [] }));

/** What an operation takes that says nothing else: the document's default. */
export const keysAndUsers: Security = anyOf([...KEY_SCHEMES, ...USER_SCHEMES]);

/** How the OpenAPI document says it. */
export function toSecurity(takes: Takes, takesAdminPassword = false) {
  switch (takes.kind) {
    case 'scope':
      return { 'x-required-scope': takes.scope };
    case 'key':
      return { security: anyOf(KEY_SCHEMES) };
    case 'user':
    case 'owner':
    case 'admin':
      return {
        security: anyOf([...USER_SCHEMES, ...(takesAdminPassword ? [ADMIN_PASSWORD_SCHEME] : [])]),
        'x-required-role': takes.kind,
      };
  }
}

/** @throws AppError FORBIDDEN for a caller whom the operation does not take */
export function requireTaken(ctx: ServiceContext, takes: Takes): void {
  switch (takes.kind) {
    case 'scope':
      if (takes.checkedBy === 'operation') requireScope(ctx, takes.scope);
      return;
    case 'key':
      if (ctx.actor.type !== 'apiKey')
        throw new AppError('FORBIDDEN', 'This operation needs an API key.');
      return;
    case 'user':
      userOf(ctx);
      return;
    case 'owner':
      requireOwner(ctx);
      return;
    case 'admin':
      requireAdministrator(ctx);
  }
}

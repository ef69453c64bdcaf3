import { type SQL, sql } from 'drizzle-orm';
import { AppError } from '../../../shared/errors.ts';
import type { ServiceContext } from '../../context.ts';
import {
  fromAllowedAddress,
  isPresented,
  isUsable,
  joinPerson,
  onlyCreatedBy,
  ownPerMinute,
  recordUse,
} from '../keys/key-state.ts';
import { grantsOf } from '../keys/require-scope.ts';
import { createdByMember, SESSION_COLUMNS } from '../users/reach.ts';

/**
 * Who sends, as CTEs of the send statement: `caller(usable, from_allowed_address, in_scope, pin, sandbox_only, created_by,
 * per_minute, default_session_id, default_country, workspace_active)`, the same for keys and users, and no row when there is none. The
 * three columns of reach are those of `Reach`; they are read here because a send by key reads its key here alone.
 * @throws AppError UNAUTHORIZED for runners and jobs, which send nothing
 */
export function callerCtes(ctx: ServiceContext): SQL {
  const { actor, workspaceId } = ctx;
  if (actor.type === 'user') return userCaller(workspaceId, actor.userId);
  if (actor.type !== 'apiKey') throw new AppError('UNAUTHORIZED');
  const { keyId: id, keyHash: hash } = actor;
  const address = ctx.callerAddress ?? null;
  return sql`
  key as (
    select k.id, k.session_id as pin, k.mode = 'test' as sandbox_only, ${onlyCreatedBy} as created_by, ${ownPerMinute} as per_minute,
      w.default_session_id, w.default_country, w.is_active as workspace_active,
      ${isUsable} as usable, ${fromAllowedAddress(address)} as from_allowed_address,
      k.scopes && ${list(grantsOf('messages:send'))} as in_scope
    from api_keys k join workspaces w on w.id = k.workspace_id ${joinPerson}
    where ${isPresented({ id, workspaceId, hash })}
  ),
  used as (${recordUse}),
  caller as (select * from key)`;
}

const userCaller = (workspaceId: string, userId: string): SQL => sql`
  caller as (
    select u.id, null::text as pin, false as sandbox_only,
      case when m.role = 'owner' or m.all_sessions then null else u.id end as created_by, null::int as per_minute,
      w.default_session_id, w.default_country, w.is_active as workspace_active,
      u.is_active as usable, true as from_allowed_address, true as in_scope
    from members m join users u on u.id = m.user_id join workspaces w on w.id = m.workspace_id
    where m.workspace_id = ${workspaceId} and m.user_id = ${userId}
  )`;

/** A session `s` is hidden from a caller that is a member without reach: to them it is not there. */
export const shownToCaller: SQL = sql`
  (caller.created_by is null or ${createdByMember(SESSION_COLUMNS, sql`caller.created_by`)})`;

const list = (values: readonly string[]): SQL =>
  sql`array[${sql.join(
    values.map((value) => sql`${value}`),
    sql`, `,
  )}]::text[]`;

import { type ColumnsSelection, type SQL, sql } from 'drizzle-orm';
import type { TypedQueryBuilder } from 'drizzle-orm/query-builders/query-builder';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import type { ServiceContext } from '../../context.ts';
import { auditedWrite, type WrittenEntry } from '../audit/audit-row.ts';
import { leftWorkspace } from '../keys/refusals.ts';
import { lockWorkspace } from '../workspace/workspace-view.ts';
import { personOf } from './reach.ts';

export const RightsLost = z.enum(['left', 'reduced', 'revoked']).nullable();

/**
 * SQL expression: how the caller has lost rights since the request began, or null. For writes that grant rights or need a
 * role. Run it after `lockWorkspace`: every write that takes rights away takes that lock first.
 */
export function rightsLost(ctx: Pick<ServiceContext, 'actor' | 'workspaceId'>): SQL {
  const { actor, workspaceId } = ctx;
  const person = personOf(ctx);
  const mine = sql`members m where m.workspace_id = ${workspaceId} and m.user_id = ${person?.userId ?? null}::text`;
  const ofPerson = sql`
    when not exists (select 1 from ${mine}) then 'left'
    when not exists (
      select 1 from ${mine} and (
        m.role = 'owner'
        or ${person?.role === 'member'}::boolean and (m.all_sessions or ${person?.allSessions === false}::boolean)
      )
    ) then 'reduced'`;
  if (actor.type !== 'apiKey') return sql`(case ${ofPerson} end)`;
  const key = sql`api_keys k where k.id = ${actor.keyId} and k.revoked_at is null and k.is_active`;
  return sql`(case
    when not exists (select 1 from ${key}) then 'revoked'
    when not exists (
      select 1 from ${key}
        and k.scopes @> ${sql.param(actor.scopes)}::text[] and k.session_id is not distinct from ${actor.sessionId}::text
    ) then 'reduced'
    ${person === null ? sql.empty() : ofPerson}
  end)`;
}

/** @throws AppError UNAUTHORIZED for a key that was revoked meanwhile, FORBIDDEN for the rest */
export function refuseLostRights(lost: z.infer<typeof RightsLost>): void {
  switch (lost) {
    case null:
      return;
    case 'left':
      throw leftWorkspace();
    case 'revoked':
      throw new AppError('UNAUTHORIZED');
    case 'reduced':
      throw new AppError('FORBIDDEN', 'Your rights were reduced while this request was served.', {
        reason: 'rights_reduced',
      });
  }
}

/**
 * `writeAudited` for what a caller may do only while they have the rights that the request began with.
 * @param write has `allowed` among its conditions
 * @throws AppError as `refuseLostRights`
 */
export async function writeWhileAllowed<Selection extends ColumnsSelection, Row>(
  ctx: ServiceContext,
  write: (allowed: SQL) => TypedQueryBuilder<Selection, Row[]>,
  entry: WrittenEntry,
): Promise<Row[]> {
  const lost = rightsLost(ctx);
  const [, { rows }, written] = await ctx.db.batch([
    ctx.db.execute(lockWorkspace(ctx)),
    ctx.db.execute(sql`select ${lost} as lost`),
    auditedWrite(ctx, write(sql`${lost} is null`), entry),
  ]);
  refuseLostRights(z.object({ lost: RightsLost }).parse(rows[0]).lost);
  // As in `writeAudited`.
  return written as Row[];
}

import { and, eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import { LIMITS } from '../../../shared/catalogue/limits.ts';
import { AppError } from '../../../shared/errors.ts';
import { newId } from '../../../shared/ids.ts';
import type { ServiceContext } from '../../context.ts';
import { apiKeys } from '../../db/schema/index.ts';
import { auditInsert } from '../audit/audit-row.ts';
import { securityInsert } from '../audit/security-event.ts';
import { actorId } from '../users/reach.ts';
import { refuseLostRights, RightsLost, rightsLost } from '../users/rights-lost.ts';
import { lockWorkspace } from '../workspace/workspace-view.ts';
import type { Powers } from './powers.ts';
import { mintFor, pinOf, readKeys, refuseExcess, requirePin } from './internal.ts';
import { type KeyRow, type KeyView, viewKey } from './key-view.ts';

/** Keys that one workspace may have, so that listing them all stays cheap. */
export const KEY_LIMIT = LIMITS.apiKeys.limit;

/** What is left out is as with the calling key; for a user, as wide as they reach. */
export type CreateKeyInput = {
  name: string;
  scopes: readonly string[];
  mode?: 'live' | 'test' | undefined;
  /** Id or name of the session to pin it to. */
  session?: string | null | undefined;
  expiresAt?: Date | null | undefined;
  /** Ranges in their one spelling. */
  allowedIps?: readonly string[] | null | undefined;
  perMinute: number | null;
};

/**
 * Makes a key. The key itself is in this answer, and nowhere else.
 * @throws AppError FORBIDDEN when it could do more than the key, or reach more than the user, that makes it; SESSION_NOT_FOUND, LIMIT_EXCEEDED
 */
export async function createKey({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: CreateKeyInput;
}): Promise<KeyView & { key: string }> {
  const { holder } = await readKeys(ctx);
  const mode = input.mode ?? holder.mode;
  const wanted = {
    mode,
    scopes: [...new Set(input.scopes)],
    sessionId:
      input.session === undefined ? holder.sessionId : await pinOf(ctx, mode, input.session),
    expiresAt: input.expiresAt === undefined ? holder.expiresAt : input.expiresAt,
    allowedIps: copyOf(input.allowedIps === undefined ? holder.allowedIps : input.allowedIps),
    perMinute: input.perMinute,
  };
  requirePin(ctx, wanted.sessionId);
  refuseExcess(holder, wanted);
  const { name } = input;
  const id = newId('key', ctx.now());
  const { key, sha256 } = await mintFor(ctx, { id, ...wanted });
  const row = await write(ctx, { id, name, sha256, userId: holder.userId, ...wanted });
  return { ...viewKey(row), key };
}

type NewKey = Pick<KeyRow, 'id' | 'name' | 'sha256' | 'userId'> & Powers;

const Outcome = z.object({ has_room: z.boolean(), lost: RightsLost });

/**
 * The workspace is locked first: the limit holds between requests at once, and a person who is being removed, or a
 * caller who loses rights, leaves no key behind.
 * @throws AppError LIMIT_EXCEEDED; as `refuseLostRights`
 */
async function write(
  ctx: ServiceContext,
  { id, name, sha256, userId, ...powers }: NewKey,
): Promise<KeyRow> {
  const { workspaceId } = ctx;
  const { mode, sessionId, expiresAt, perMinute } = powers;
  const details = { name, ...powers };
  const statement = sql`
    with verdict as (
      select (
          select count(*) from api_keys k where k.workspace_id = ${workspaceId} and k.revoked_at is null
        ) < ${KEY_LIMIT}::int as has_room,
        ${rightsLost(ctx)} as lost
    ),
    made as (
      insert into api_keys (id, workspace_id, name, mode, sha256, scopes, session_id, expires_at, allowed_ips, per_minute,
        created_by, user_id)
      select ${id}, ${workspaceId}, ${name}, ${mode}, ${sha256}, ${sql.param(powers.scopes)}::text[], ${sessionId}::text,
        ${expiresAt?.toISOString() ?? null}::timestamptz, ${sql.param(powers.allowedIps)}::text[], ${perMinute}::int,
        ${actorId(ctx)}::text, ${userId}::text
      from verdict where verdict.has_room and verdict.lost is null
      returning id
    ),
    audited as (${auditInsert(ctx, { target: id, details, from: 'made' })}),
    told as (${securityInsert(ctx, { action: 'key.created', workspaceId, target: id, details, from: sql`made` })})
    select has_room, lost from verdict`;
  const [, { rows }, [row]] = await ctx.db.batch([
    ctx.db.execute(lockWorkspace(ctx)),
    ctx.db.execute(statement),
    ctx.db
      .select()
      .from(apiKeys)
      .where(and(eq(apiKeys.workspaceId, workspaceId), eq(apiKeys.id, id))),
  ]);
  const outcome = Outcome.parse(rows[0]);
  refuseLostRights(outcome.lost);
  if (!outcome.has_room)
    throw new AppError(
      'LIMIT_EXCEEDED',
      `A workspace can have ${KEY_LIMIT} API keys; revoke one first.`,
      { limit: KEY_LIMIT },
    );
  if (row === undefined) throw new Error('the insert returned no row');
  return row;
}

const copyOf = (ranges: readonly string[] | null): string[] | null =>
  ranges === null ? null : [...new Set(ranges)];

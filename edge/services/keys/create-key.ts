import { LIMITS } from '../../../shared/catalogue/limits.ts';
import { AppError } from '../../../shared/errors.ts';
import { newId } from '../../../shared/ids.ts';
import type { ServiceContext } from '../../context.ts';
import { apiKeys } from '../../db/schema/index.ts';
import { writeAudited } from '../audit/audit-row.ts';
import { actorId } from '../users/reach.ts';
import { mintFor, pinOf, readKeys, refuseExcess, requirePin } from './internal.ts';
import { type KeyView, viewKey } from './key-view.ts';

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
  const { total, holder } = await readKeys(ctx);
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
  if (total >= KEY_LIMIT)
    throw new AppError('LIMIT_EXCEEDED', `A workspace can have ${KEY_LIMIT} API keys.`, {
      limit: KEY_LIMIT,
    });

  const { workspaceId } = ctx;
  const { name, perMinute } = input;
  const { userId } = holder;
  const id = newId('key', ctx.now());
  const { key, sha256 } = await mintFor(ctx, { id, mode, perMinute });
  const createdBy = actorId(ctx);
  const write = ctx.db
    .insert(apiKeys)
    .values({ id, workspaceId, name, ...wanted, sha256, createdBy, userId })
    .returning();
  const [row] = await writeAudited(ctx, write, {
    target: id,
    event: 'key.created',
    details: { name, ...wanted },
  });
  if (row === undefined) throw new Error('the insert returned no row');
  return { ...viewKey(row), key };
}

const copyOf = (ranges: readonly string[] | null): string[] | null =>
  ranges === null ? null : [...new Set(ranges)];

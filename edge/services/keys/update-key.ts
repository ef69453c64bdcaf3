import { and } from 'drizzle-orm';
import type { ServiceContext } from '../../context.ts';
import { apiKeys } from '../../db/schema/index.ts';
import { lookAtRights } from '../realtime/look-at-rights.ts';
import { writeWhileAllowed } from '../users/rights-lost.ts';
import { findKeyToChange, keyById, pinOf, refuseExcess, requirePin } from './internal.ts';
import { keyPolicies } from './key-limit.ts';
import { type KeyView, viewKey } from './key-view.ts';
import { POWERS } from './powers.ts';
import { keyNotFound } from './refusals.ts';

export type KeyChanges = {
  name?: string | undefined;
  scopes?: readonly string[] | undefined;
  /** Id or name of the session to pin it to. */
  session?: string | null | undefined;
  expiresAt?: Date | null | undefined;
  /** Ranges in their one spelling. */
  allowedIps?: readonly string[] | null | undefined;
  perMinute?: number | null | undefined;
  isActive?: boolean | undefined;
};

/**
 * Changes what is given and leaves the rest. The next request of the key is held to it, its rate included.
 * @throws AppError NOT_FOUND, SESSION_NOT_FOUND; FORBIDDEN when the calling key has fewer scopes than this one, and when
 *   the caller would grant more than they hold
 */
export async function updateKey({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { id: string; changes: KeyChanges };
}): Promise<KeyView> {
  const { id, changes } = input;
  const { row, holder } = await findKeyToChange(ctx, id);
  const { name, scopes, session, expiresAt, allowedIps, perMinute, isActive } = changes;
  const changed = {
    ...(name !== undefined && { name }),
    ...(scopes !== undefined && { scopes: [...new Set(scopes)] }),
    ...(session !== undefined && { sessionId: await pinOf(ctx, row.mode, session) }),
    ...(expiresAt !== undefined && { expiresAt }),
    ...(allowedIps !== undefined && { allowedIps: allowedIps && [...new Set(allowedIps)] }),
    ...(perMinute !== undefined && { perMinute }),
    ...(isActive !== undefined && { isActive }),
  };
  if ('sessionId' in changed) requirePin(ctx, changed.sessionId ?? null);
  refuseExcess(
    holder,
    { ...row, ...changed },
    POWERS.filter((power) => power in changed),
  );
  if (Object.keys(changed).length === 0) return viewKey(row);
  const [after] = await writeWhileAllowed(
    ctx,
    (allowed) =>
      ctx.db
        .update(apiKeys)
        .set(changed)
        .where(and(keyById(ctx, id), allowed))
        .returning(),
    { target: id, event: 'key.changed', details: changed },
  );
  if (after === undefined) throw keyNotFound();
  lookAtRights(ctx);
  if (perMinute !== undefined) await ctx.rateLimiter.adjust(id, keyPolicies(perMinute));
  return viewKey(after);
}

import { and, sql } from 'drizzle-orm';
import type { ServiceContext } from '../../context.ts';
import { apiKeys } from '../../db/schema/index.ts';
import { lookAtRights } from '../realtime/look-at-rights.ts';
import { writeWhileAllowed } from '../users/rights-lost.ts';
import { findKeyToChange, keyById } from './internal.ts';
import { keyPolicies } from './key-limit.ts';
import { keyNotFound } from './refusals.ts';

/**
 * Revokes a key, and the one before its last rotation, from the next request on. The row stays, for the record.
 * @throws AppError NOT_FOUND; FORBIDDEN when the calling key has fewer scopes than this one
 */
export async function deleteKey({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { id: string };
}): Promise<{ id: string; deleted: true }> {
  const { id } = input;
  await findKeyToChange(ctx, id);
  const revoked = await writeWhileAllowed(
    ctx,
    (allowed) =>
      ctx.db
        .update(apiKeys)
        .set({ revokedAt: sql`now()` })
        .where(and(keyById(ctx, id), allowed))
        .returning({ id: apiKeys.id }),
    { target: id, event: 'key.revoked' },
  );
  if (revoked.length === 0) throw keyNotFound();
  lookAtRights(ctx);
  ctx.waitUntil(ctx.rateLimiter.adjust(id, keyPolicies(null), 'forget'));
  return { id, deleted: true };
}

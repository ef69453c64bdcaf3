import { and, sql } from 'drizzle-orm';
import type { ServiceContext } from '../../context.ts';
import { apiKeys } from '../../db/schema/index.ts';
import { lookAtRights } from '../realtime/look-at-rights.ts';
import { writeWhileAllowed } from '../users/rights-lost.ts';
import { findKey, keyById, mintFor, refuseExcess } from './internal.ts';
import { type KeyView, viewKey } from './key-view.ts';
import { POWERS } from './powers.ts';
import { keyNotFound } from './refusals.ts';

/**
 * Makes the key anew under the same id. The one before works beside it for the overlap, in seconds; one still older ends
 * at once.
 * @throws AppError NOT_FOUND; FORBIDDEN when the key can do more than the caller, who is shown the new one
 */
export async function rotateKey({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { id: string; overlapSeconds: number };
}): Promise<KeyView & { key: string }> {
  const { id, overlapSeconds } = input;
  const { row, holder } = await findKey(ctx, id);
  // The tier's rate bounds what people give, not what a key has: it must not keep one from being replaced.
  refuseExcess(holder, row, holder.key === null ? ['scopes'] : POWERS);
  const { key, sha256 } = await mintFor(ctx, row);
  const previous =
    overlapSeconds === 0
      ? { previousSha256: null, previousUntil: null }
      : {
          previousSha256: sql`${apiKeys.sha256}`,
          previousUntil: sql`now() + make_interval(secs => ${overlapSeconds}::int)`,
        };
  const [after] = await writeWhileAllowed(
    ctx,
    (allowed) =>
      ctx.db
        .update(apiKeys)
        .set({ sha256, ...previous })
        .where(and(keyById(ctx, id), allowed))
        .returning(),
    { target: id, event: 'key.rotated', details: { overlapSeconds } },
  );
  if (after === undefined) throw keyNotFound();
  lookAtRights(ctx);
  return { ...viewKey(after), key };
}

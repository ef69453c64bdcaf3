import { and, desc, eq, sql } from 'drizzle-orm';
import type { ServiceContext } from '../../context.ts';
import { beforeCursor, type Cursor, cutPage } from '../../db/cursor.ts';
import { erasures } from '../../db/schema/index.ts';
import { requireManager } from '../users/require-role.ts';
import type { Addressee } from '../workspace/local-numbers.ts';
import { contactHashes } from './contact-hash.ts';
import { ERASURE_COLUMNS, type ErasureView, viewErasure } from './erasure-view.ts';
import { idsOfContact } from './ids-of-contact.ts';

/**
 * Erasures, the newest first.
 * @param input.contact of this person only; null = all. The ids that they were known by when they were erased are compared.
 * @throws AppError FORBIDDEN for a member, and for a key that is pinned or a test key
 */
export async function listErasures({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { contact: Addressee | null; cursor: Cursor | null; limit: number };
}): Promise<{ erasures: ErasureView[]; nextCursor: string | null }> {
  requireManager(ctx);
  const { db, env, workspaceId } = ctx;
  const { contact, cursor, limit } = input;
  const ids = contact === null ? null : sql.param(await idsOfContact(ctx, contact));
  const rows = await db
    .select(ERASURE_COLUMNS)
    .from(erasures)
    .where(
      and(
        eq(erasures.workspaceId, workspaceId),
        ids === null
          ? undefined
          : sql`${erasures.contactHashes} && ${contactHashes(env, sql`${workspaceId}::text`, sql`${ids}::text[]`)}`,
        beforeCursor(cursor, { at: erasures.createdAt, id: erasures.id }),
      ),
    )
    .orderBy(desc(erasures.createdAt), desc(erasures.id))
    .limit(limit + 1);
  const { page, nextCursor } = cutPage(rows, limit, ({ createdAt: at, id }) => ({ at, id }));
  return { erasures: page.map(viewErasure), nextCursor };
}

import type { ServiceContext } from '../../context.ts';
import { type Cursor, cutPage } from '../../db/cursor.ts';
import { type AuditView, viewAudit } from './audit-view.ts';
import { type AuditFilter, readAudit, requireAuditReader } from './internal.ts';

/**
 * A page of the workspace's audit log, newest first.
 * @throws AppError FORBIDDEN for whoever may not read it
 */
export async function listAudit({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { filter: AuditFilter; cursor: Cursor | null; limit: number };
}): Promise<{ entries: AuditView[]; nextCursor: string | null }> {
  requireAuditReader(ctx);
  const { filter, cursor, limit } = input;
  const rows = await readAudit(ctx, filter, { cursor, limit: limit + 1 });
  const { page, nextCursor } = cutPage(rows, limit, ({ createdAt, id }) => ({ at: createdAt, id }));
  return { entries: page.map(viewAudit), nextCursor };
}

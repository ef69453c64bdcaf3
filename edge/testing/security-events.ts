import { and, eq, isNull } from 'drizzle-orm';
import type { Harness } from './harness.ts';

/** Security events of a workspace, oldest first; with null, those outside any workspace that tell of `target`. */
export async function securityEvents(
  { db, schema }: Harness,
  workspaceId: string | null,
  target?: string,
) {
  const { auditLog } = schema;
  return db
    .select()
    .from(auditLog)
    .where(
      and(
        workspaceId === null ? isNull(auditLog.workspaceId) : eq(auditLog.workspaceId, workspaceId),
        eq(auditLog.kind, 'security'),
        target === undefined ? undefined : eq(auditLog.target, target),
      ),
    )
    .orderBy(auditLog.createdAt);
}

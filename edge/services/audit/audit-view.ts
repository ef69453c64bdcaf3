import type { auditLog } from '../../db/schema/index.ts';

export type AuditRow = typeof auditLog.$inferSelect;

/** One entry of the audit log as its workspace sees it. */
export type AuditView = {
  id: string;
  at: string;
  kind: AuditRow['kind'];
  action: string;
  actorType: AuditRow['actorType'];
  actorId: string | null;
  target: string | null;
  method: string | null;
  route: string | null;
  status: number | null;
  errorCode: string | null;
  requestId: string | null;
  address: string | null;
  details: Record<string, unknown> | null;
};

export function viewAudit(row: AuditRow): AuditView {
  const { workspaceId: _, createdAt, ...shown } = row;
  return { ...shown, at: createdAt.toISOString() };
}

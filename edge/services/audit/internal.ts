import { and, type AnyColumn, desc, eq, gte, lt } from 'drizzle-orm';
import { AppError } from '../../../shared/errors.ts';
import type { ServiceContext } from '../../context.ts';
import { beforeCursor, type Cursor } from '../../db/cursor.ts';
import { auditLog } from '../../db/schema/index.ts';
import { requireOwner } from '../users/require-role.ts';
import type { AuditRow } from './audit-view.ts';

/** What narrows the log; null = whatever. */
export type AuditFilter = {
  kind: AuditRow['kind'] | null;
  action: string | null;
  /** Id of a key or a user. */
  actor: string | null;
  target: string | null;
  status: number | null;
  /** The first moment that counts. */
  since: Date | null;
  /** The first moment that counts no more. */
  until: Date | null;
};

/**
 * The log tells of all the workspace.
 * @throws AppError FORBIDDEN for a member, and for a key that lacks the scope or reaches only a part of the workspace
 */
export function requireAuditReader(ctx: ServiceContext): void {
  const { actor } = ctx;
  if (actor.type === 'user') {
    requireOwner(ctx);
    return;
  }
  if (actor.type !== 'apiKey') return;
  if (actor.person?.role === 'member')
    throw new AppError('FORBIDDEN', 'Only an owner’s keys can read the audit log.', {
      required: 'owner',
    });
  if (actor.sessionId !== null || actor.mode === 'test')
    throw new AppError(
      'FORBIDDEN',
      'The audit log covers the whole workspace: use a live key that is not pinned to a session.',
    );
}

/** Rows of the workspace before the cursor, newest first. */
export function readAudit(
  ctx: ServiceContext,
  filter: AuditFilter,
  page: { cursor: Cursor | null; limit: number },
): Promise<AuditRow[]> {
  const { kind, action, actor, target, status, since, until } = filter;
  const same = (column: AnyColumn, value: unknown) =>
    value === null ? undefined : eq(column, value);
  return ctx.db
    .select()
    .from(auditLog)
    .where(
      and(
        eq(auditLog.workspaceId, ctx.workspaceId),
        same(auditLog.kind, kind),
        same(auditLog.action, action),
        same(auditLog.actorId, actor),
        same(auditLog.target, target),
        same(auditLog.status, status),
        since === null ? undefined : gte(auditLog.createdAt, since),
        until === null ? undefined : lt(auditLog.createdAt, until),
        beforeCursor(page.cursor, { at: auditLog.createdAt, id: auditLog.id }),
      ),
    )
    .orderBy(desc(auditLog.createdAt), desc(auditLog.id))
    .limit(page.limit);
}

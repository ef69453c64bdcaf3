import { and, type AnyColumn, desc, eq, gte, lt, type SQL } from 'drizzle-orm';
import { AppError } from '../../../shared/errors.ts';
import type { ServiceContext } from '../../context.ts';
import { beforeCursor, type Cursor, downTo } from '../../db/cursor.ts';
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

const PLACE = { at: auditLog.createdAt, id: auditLog.id };

/** Rows of the workspace before the cursor, newest first. */
export function readAudit(
  ctx: ServiceContext,
  filter: AuditFilter,
  page: { cursor: Cursor | null; limit: number; downTo?: Cursor | null },
): Promise<AuditRow[]> {
  const { cursor, downTo: end = null, limit } = page;
  return ctx.db
    .select()
    .from(auditLog)
    .where(and(auditWhere(ctx, filter), beforeCursor(cursor, PLACE), downTo(end, PLACE)))
    .orderBy(desc(auditLog.createdAt), desc(auditLog.id))
    .limit(limit);
}

/** Where such rows stand: of at most two, so many after the cursor. */
export function readAuditPlaces(
  ctx: ServiceContext,
  filter: AuditFilter,
  { cursor, offset }: { cursor: Cursor | null; offset: number },
): Promise<Pick<AuditRow, 'createdAt' | 'id'>[]> {
  return ctx.db
    .select({ createdAt: auditLog.createdAt, id: auditLog.id })
    .from(auditLog)
    .where(and(auditWhere(ctx, filter), beforeCursor(cursor, PLACE)))
    .orderBy(desc(auditLog.createdAt), desc(auditLog.id))
    .offset(offset)
    .limit(2);
}

function auditWhere(ctx: ServiceContext, filter: AuditFilter): SQL | undefined {
  const { kind, action, actor, target, status, since, until } = filter;
  const same = (column: AnyColumn, value: unknown) =>
    value === null ? undefined : eq(column, value);
  return and(
    eq(auditLog.workspaceId, ctx.workspaceId),
    same(auditLog.kind, kind),
    same(auditLog.action, action),
    same(auditLog.actorId, actor),
    same(auditLog.target, target),
    same(auditLog.status, status),
    since === null ? undefined : gte(auditLog.createdAt, since),
    until === null ? undefined : lt(auditLog.createdAt, until),
  );
}

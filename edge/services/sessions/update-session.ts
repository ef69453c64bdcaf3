import { and, eq, sql } from 'drizzle-orm';
import { AppError } from '../../../shared/errors.ts';
import type { SessionProxy } from '../../../shared/protocol/leases.ts';
import type { ServiceContext } from '../../context.ts';
import { sessions } from '../../db/schema/index.ts';
import { auditedWrite } from '../audit/audit-row.ts';
import { lockWorkspaces } from '../../events/append.ts';
import { reassignLease } from '../ownership/internal.ts';
import { requireManager } from '../users/require-role.ts';
import { findSession, ownerOf, wakeRunner } from './internal.ts';
import { proxyColumns } from './proxy.ts';
import { type SessionView, viewSession } from './session-view.ts';
import { refuseTakenName } from './taken-name.ts';

export type SessionChanges = {
  name?: string | undefined;
  region?: string | null | undefined;
  pacing?: { minIntervalMs: number; jitterMs: number } | undefined;
  firstContactsPerHour?: number | null | undefined;
  firstContactsPerDay?: number | null | undefined;
  isDefault?: boolean | undefined;
  includeStatus?: boolean | undefined;
  includeChannels?: boolean | undefined;
  alwaysOnline?: boolean | undefined;
  rejectCalls?: boolean | undefined;
  rejectCallText?: string | null | undefined;
  proxy?: SessionProxy | null | undefined;
};

/**
 * Changes what is given and leaves the rest. The owner learns of pacing at its next heartbeat; of what it takes in and
 * whether it is online or rejects calls, then too, for its next browser; another proxy gives a session that runs another browser at once.
 * @throws AppError SESSION_NOT_FOUND; CONFLICT for a name that is taken; VALIDATION_ERROR for a proxy that may not be used;
 *   FORBIDDEN for `isDefault` by a member, and by a key that does not reach the whole workspace
 */
export async function updateSession({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { id: string; changes: SessionChanges };
}): Promise<SessionView> {
  const row = await findSession(ctx, input.id);
  const { id } = row.session;
  const { changes } = input;
  const { name, region, pacing, isDefault, includeStatus, includeChannels, alwaysOnline, proxy } =
    changes;
  const { rejectCalls, rejectCallText, firstContactsPerHour, firstContactsPerDay } = changes;
  if (isDefault !== undefined) requireManager(ctx);
  const sealed =
    proxy === undefined ? undefined : await proxyColumns(ctx, { sessionId: id, proxy });
  const update = ctx.db
    .update(sessions)
    .set({
      ...(name !== undefined && { name }),
      ...(region !== undefined && { region }),
      ...pacing,
      ...(firstContactsPerHour !== undefined && { firstContactsPerHour }),
      ...(firstContactsPerDay !== undefined && { firstContactsPerDay }),
      ...(includeStatus !== undefined && { includeStatus }),
      ...(includeChannels !== undefined && { includeChannels }),
      ...(alwaysOnline !== undefined && { alwaysOnline }),
      ...(rejectCalls !== undefined && { rejectCalls }),
      ...(rejectCallText !== undefined && {
        rejectCallText: ctx.contentSeal.seal(ctx.workspaceId, rejectCallText),
      }),
      ...(sealed !== undefined && { proxySealed: sealed.sealed, proxyShown: sealed.shown }),
      updatedAt: sql`now()`,
    })
    .where(and(eq(sessions.id, id), eq(sessions.workspaceId, ctx.workspaceId)))
    .returning({ id: sessions.id });
  const [, changed] = await refuseTakenName(
    ctx.db.batch([
      ctx.db.execute(lockWorkspaces([ctx.workspaceId])),
      auditedWrite(ctx, update, { target: id }),
      ctx.db.execute(choose(ctx, id, isDefault)),
      ctx.db.execute(reassignLease(id, sealed !== undefined)),
    ]),
  );
  if (changed.length === 0) throw new AppError('SESSION_NOT_FOUND');
  const owner = ownerOf(row);
  if (owner !== null) ctx.waitUntil(wakeRunner(ctx, owner));
  return viewSession(ctx, await findSession(ctx, id));
}

/** Makes it the workspace's default session, or no longer; without a word nothing changes. */
const choose = (ctx: ServiceContext, id: string, isDefault: boolean | undefined) => sql`
  update workspaces set default_session_id = case when ${isDefault ?? null}::boolean then ${id}::text end
  where id = ${ctx.workspaceId} and ${isDefault ?? null}::boolean is not null
    and (${isDefault ?? null}::boolean or default_session_id = ${id})`;

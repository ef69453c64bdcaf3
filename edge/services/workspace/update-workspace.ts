import { and, eq, sql } from 'drizzle-orm';
import type { Country } from '../../../shared/recipient.ts';
import type { ServiceContext } from '../../context.ts';
import { workspaces } from '../../db/schema/index.ts';
import { findSession } from '../sessions/internal.ts';
import { requireManager } from '../users/require-role.ts';
import { writeWhileAllowed } from '../users/rights-lost.ts';
import { readWorkspace } from './get-workspace.ts';
import type { WorkspaceView } from './workspace-view.ts';

/** What is left out stays. */
export type UpdateWorkspaceInput = {
  name?: string | undefined;
  timeZone?: string | undefined;
  /** `HH:MM` in the workspace's time zone. */
  cleanupTime?: string | undefined;
  mediaRetentionHours?: number | undefined;
  contentRetentionDays?: number | undefined;
  /** Id or name of the session that is meant where none is named; null = none. */
  defaultSession?: string | null | undefined;
  region?: string | null | undefined;
  defaultCountry?: Country | null | undefined;
  stopWords?: string[] | undefined;
  captureLeads?: boolean | undefined;
  /** Of sessions that are created without their own; null = the product's. */
  pacing?: { minIntervalMs: number; jitterMs: number } | null | undefined;
};

/**
 * Changes the workspace's settings.
 * @throws AppError FORBIDDEN for a member, and for a key that is pinned or a test key; SESSION_NOT_FOUND
 */
export async function updateWorkspace({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: UpdateWorkspaceInput;
}): Promise<WorkspaceView> {
  requireManager(ctx);
  const { defaultSession, pacing, ...fields } = input;
  const changed = {
    ...fields,
    ...((fields.timeZone ?? fields.cleanupTime) !== undefined && { nextCleanupAt: null }),
    ...(defaultSession !== undefined && { defaultSessionId: await defaultOf(ctx, defaultSession) }),
    ...(pacing !== undefined && {
      minIntervalMs: pacing?.minIntervalMs ?? null,
      jitterMs: pacing?.jitterMs ?? null,
    }),
    updatedAt: sql`now()`,
  };
  await writeWhileAllowed(
    ctx,
    (allowed) =>
      ctx.db
        .update(workspaces)
        .set(changed)
        .where(and(eq(workspaces.id, ctx.workspaceId), allowed))
        .returning({ id: workspaces.id }),
    { target: ctx.workspaceId },
  );
  return readWorkspace(ctx);
}

/** Looked up again by the statement that writes it: a session that was deleted in between leaves none. */
async function defaultOf(ctx: ServiceContext, session: string | null) {
  if (session === null) return null;
  const { id } = (await findSession(ctx, session)).session;
  return sql`(
    select s.id from sessions s
    where s.id = ${id} and s.workspace_id = ${ctx.workspaceId} and s.archived_at is null
  )`;
}

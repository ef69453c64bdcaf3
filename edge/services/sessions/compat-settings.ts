import { and, eq, inArray } from 'drizzle-orm';
import type { ServiceContext } from '../../context.ts';
import type { CompatSettings } from '../../db/schema/sessions.ts';
import { sessions } from '../../db/schema/index.ts';

/** What clients of a source system set of sessions that the caller has read, by the sessions' ids. */
export async function readCompatSettings({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { ids: readonly string[] };
}): Promise<ReadonlyMap<string, CompatSettings>> {
  if (input.ids.length === 0) return new Map();
  const rows = await ctx.db
    .select({ id: sessions.id, compat: sessions.compat })
    .from(sessions)
    .where(and(eq(sessions.workspaceId, ctx.workspaceId), inArray(sessions.id, [...input.ids])));
  return new Map(rows.map(({ id, compat }) => [id, compat]));
}

/** Keeps it, for a session that the caller has just written: that write is in the audit log. */
export async function saveCompatSettings({
  ctx,
  input: { id, settings },
}: {
  ctx: ServiceContext;
  input: { id: string; settings: CompatSettings };
}): Promise<void> {
  await ctx.db
    .update(sessions)
    .set({ compat: settings })
    .where(and(eq(sessions.workspaceId, ctx.workspaceId), eq(sessions.id, id)));
}

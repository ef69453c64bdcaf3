import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Services } from '../../context.ts';

/** An event of this workspace that is written in the next three minutes wakes its hub. Written once a minute at most. */
export async function watchWorkspace(
  { db }: Pick<Services, 'db'>,
  workspaceId: string,
): Promise<void> {
  await db.execute(sql`
    update workspaces set realtime_until = now() + interval '3 minutes'
    where id = ${workspaceId} and (realtime_until is null or realtime_until < now() + interval '2 minutes')`);
}

/** Those of these sessions that are still there. */
export async function keptSessions(
  { db }: Pick<Services, 'db'>,
  workspaceId: string,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const { rows } = await db.execute(sql`
    select id from sessions where workspace_id = ${workspaceId} and id = any(${sql.param(ids)}::text[])`);
  return new Set(
    z
      .array(z.object({ id: z.string() }))
      .parse(rows)
      .map(({ id }) => id),
  );
}

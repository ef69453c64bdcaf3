import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import type { ServiceContext } from '../../context.ts';
import { LEFT_OUT_REASONS, type LeftOut } from '../../db/schema/bulks.ts';
import { reachOf, SESSION_COLUMNS, withinReach } from '../users/reach.ts';
import { BULK_COLUMNS, BULK_PROGRESS, BulkRow, type BulkView, viewBulk } from './bulk-view.ts';

export type WholeBulk = { bulk: BulkView & { leftOut: LeftOut[] }; sessionName: string };

const WholeRow = BulkRow.extend({
  left_out: z.array(
    z.object({
      index: z.number(),
      to: z.string(),
      reason: z.enum(LEFT_OUT_REASONS),
      message: z.string(),
    }),
  ),
});

/** @throws AppError NOT_FOUND, also for a bulk of a session that the caller does not reach */
export async function getBulk({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { id: string };
}): Promise<WholeBulk> {
  const within = withinReach(reachOf(ctx), SESSION_COLUMNS) ?? sql`true`;
  const { rows } = await ctx.db.execute(sql`
    select ${BULK_COLUMNS}, b.left_out from (
      select b.*, s.name as session_name from bulks b join sessions s on s.id = b.session_id
      where b.id = ${input.id} and b.workspace_id = ${ctx.workspaceId} and ${within}
    ) b ${BULK_PROGRESS}`);
  const [row] = z.array(WholeRow).parse(rows);
  if (row === undefined) throw new AppError('NOT_FOUND', 'No such bulk in this workspace.');
  return { bulk: { ...viewBulk(row), leftOut: row.left_out }, sessionName: row.session_name };
}

import { sql } from 'drizzle-orm';
import type { ServiceContext } from '../../context.ts';
import { auditInsert } from '../audit/audit-row.ts';
import { failQueuedMessages } from '../messages/fail-queued-messages.ts';
import { getBulk, type WholeBulk } from './get-bulk.ts';

/**
 * Fails as CANCELLED what no runner has taken yet, each with its event. Safe to repeat.
 * @throws AppError NOT_FOUND, also for a bulk of a session that the caller does not reach
 */
export async function cancelBulk({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { id: string };
}): Promise<WholeBulk> {
  const { id } = (await getBulk({ ctx, input })).bulk;
  await ctx.db.execute(sql`
    with written as (
      update bulks set cancelled_at = coalesce(cancelled_at, now())
      where id = ${id} and workspace_id = ${ctx.workspaceId} returning session_id
    )
    ${auditInsert(ctx, {
      target: id,
      details: sql`jsonb_build_object('sessionId', written.session_id)`,
      from: 'written',
    })}`);
  const which = sql`message.bulk_id = ${id}`;
  while ((await failQueuedMessages(ctx, { which, code: 'CANCELLED' })) > 0);
  return getBulk({ ctx, input });
}

import type { ServiceContext } from '../../context.ts';
import { webhookEndpoints } from '../../db/schema/index.ts';
import { writeAudited } from '../audit/audit-row.ts';
import { endpointById, webhookNotFound } from './internal.ts';

/**
 * Deletes an endpoint with its deliveries; what QStash still holds for it finds nothing to do.
 * @throws AppError NOT_FOUND
 */
export async function deleteWebhook({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { id: string };
}): Promise<{ id: string; deleted: true }> {
  const write = ctx.db
    .delete(webhookEndpoints)
    .where(endpointById(ctx, input.id))
    .returning({ id: webhookEndpoints.id });
  const [row] = await writeAudited(ctx, write, { target: input.id });
  if (row === undefined) throw webhookNotFound();
  return { id: row.id, deleted: true };
}

import { and, isNotNull } from 'drizzle-orm';
import type { ServiceContext } from '../../context.ts';
import { webhookEndpoints } from '../../db/schema/index.ts';
import { notWritten, writeAudited } from '../audit/audit-row.ts';
import { endpointById } from './internal.ts';

/** Deletes an endpoint that is a REST hook. One that is not there, or not within reach, is as good as deleted. */
export async function deleteHook({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { id: string };
}): Promise<{ id: string; deleted: true }> {
  const write = ctx.db
    .delete(webhookEndpoints)
    .where(and(endpointById(ctx, input.id), isNotNull(webhookEndpoints.hookKey)))
    .returning({ id: webhookEndpoints.id });
  const gone = await writeAudited(ctx, write, { target: input.id });
  if (gone.length === 0) notWritten(ctx);
  return { id: input.id, deleted: true };
}

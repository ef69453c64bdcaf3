import { asc } from 'drizzle-orm';
import type { ServiceContext } from '../../context.ts';
import { webhookEndpoints } from '../../db/schema/index.ts';
import { reachableEndpoints } from './internal.ts';
import { viewWebhooks, type WebhookView } from './webhook-view.ts';

/** All endpoints, oldest first: there are few. */
export async function listWebhooks({ ctx }: { ctx: ServiceContext }): Promise<WebhookView[]> {
  const rows = await ctx.db
    .select()
    .from(webhookEndpoints)
    .where(reachableEndpoints(ctx))
    .orderBy(asc(webhookEndpoints.createdAt), asc(webhookEndpoints.id));
  return viewWebhooks(ctx, rows);
}

import { sql } from 'drizzle-orm';
import type { ServiceContext } from '../../context.ts';
import { webhookEndpoints } from '../../db/schema/index.ts';
import { newWebhookSecret } from '../../webhooks/signing.ts';
import { writeAudited } from '../audit/audit-row.ts';
import { endpointById, webhookNotFound } from './internal.ts';
import { viewWebhook, type WebhookView } from './webhook-view.ts';

export type RotatedWebhook = WebhookView & { secret: string; previousSecretUntil: string };

/**
 * Gives an endpoint a new secret. The one before signs beside it for the overlap, so that receivers can change over; one
 * still older ends at once.
 * @throws AppError NOT_FOUND
 */
export async function rotateWebhookSecret({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { id: string; overlapSeconds: number };
}): Promise<RotatedWebhook> {
  const write = ctx.db
    .update(webhookEndpoints)
    .set({
      secret: ctx.contentSeal.seal(ctx.workspaceId, newWebhookSecret()),
      previousSecret: sql`${webhookEndpoints.secret}`,
      previousSecretUntil: sql`now() + make_interval(secs => ${input.overlapSeconds}::int)`,
      updatedAt: sql`now()`,
    })
    .where(endpointById(ctx, input.id))
    .returning();
  const [row] = await writeAudited(ctx, write, { target: input.id });
  if (row?.previousSecretUntil == null) throw webhookNotFound();
  return {
    ...(await viewWebhook(ctx, row)),
    secret: ctx.contentSeal.open(ctx.workspaceId, row.secret),
    previousSecretUntil: row.previousSecretUntil.toISOString(),
  };
}

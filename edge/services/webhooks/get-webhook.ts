import type { ServiceContext } from '../../context.ts';
import { findWebhook } from './internal.ts';
import { viewWebhook, type WebhookView } from './webhook-view.ts';

/** @throws AppError NOT_FOUND */
export async function getWebhook({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { id: string };
}): Promise<WebhookView> {
  return viewWebhook(ctx, await findWebhook(ctx, input.id));
}

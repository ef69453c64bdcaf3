import type { ServiceContext } from '../../context.ts';
import { requireScope } from '../keys/require-scope.ts';
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
  requireScope(ctx, 'webhooks:read');
  return viewWebhook(await findWebhook(ctx, input.id));
}

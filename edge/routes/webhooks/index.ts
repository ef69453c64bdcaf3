import type { App } from '../../http/app.ts';
import { createWebhook } from './create-webhook.ts';
import { deleteWebhook } from './delete-webhook.ts';
import { getWebhook } from './get-webhook.ts';
import { listWebhooks } from './list-webhooks.ts';
import { rotateWebhookSecret } from './rotate-webhook-secret.ts';
import { testWebhook } from './test-webhook.ts';
import { updateWebhook } from './update-webhook.ts';

export function registerWebhooks(app: App): void {
  createWebhook(app);
  listWebhooks(app);
  getWebhook(app);
  updateWebhook(app);
  deleteWebhook(app);
  testWebhook(app);
  rotateWebhookSecret(app);
}

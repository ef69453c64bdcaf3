import { sql } from 'drizzle-orm';
import type { ServiceContext } from '../../context.ts';
import { webhookEndpoints } from '../../db/schema/index.ts';
import { writeAudited } from '../audit/audit-row.ts';
import { requireScope } from '../keys/require-scope.ts';
import type { WebhookInput } from './create-webhook.ts';
import {
  endpointById,
  findWebhook,
  requirePublicUrl,
  resolveSessions,
  webhookNotFound,
} from './internal.ts';
import { viewWebhook, type WebhookView } from './webhook-view.ts';

export type WebhookChanges = { [Field in keyof WebhookInput]?: WebhookInput[Field] | undefined } & {
  isActive?: boolean | undefined;
};

/**
 * Changes what is given and leaves the rest. Switching an endpoint on again forgets why it was switched off; deliveries
 * that were cancelled meanwhile stay cancelled.
 * @throws AppError FORBIDDEN for codes by a key without sessions:write, or another URL for them; NOT_FOUND, VALIDATION_ERROR for a URL that may not be called, SESSION_NOT_FOUND
 */
export async function updateWebhook({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { id: string; changes: WebhookChanges };
}): Promise<WebhookView> {
  const { id, changes } = input;
  const before = await findWebhook(ctx, id);
  const { url, description, eventTypes, sessions, headers, fifo, maxAttempts, isActive } = changes;
  const { includeCodes } = changes;
  // To another URL the codes go out anew.
  const sendsCodes = includeCodes ?? (before.includeCodes && url !== undefined);
  if (sendsCodes) requireScope(ctx, 'sessions:write');
  if (url !== undefined) await requirePublicUrl(ctx, url);
  const write = ctx.db
    .update(webhookEndpoints)
    .set({
      ...(url !== undefined && { url: new URL(url).href }),
      ...(description !== undefined && { description }),
      ...(eventTypes !== undefined && { eventTypes: [...new Set(eventTypes)] }),
      ...(sessions !== undefined && { sessionIds: await resolveSessions(ctx, sessions) }),
      ...(headers !== undefined && { headers: { ...headers } }),
      ...(fifo !== undefined && { fifo }),
      ...(includeCodes !== undefined && { includeCodes }),
      ...(maxAttempts !== undefined && { maxAttempts }),
      ...(isActive !== undefined && {
        isActive,
        disabledReason: isActive ? null : 'switched off by its owner',
      }),
      updatedAt: sql`now()`,
    })
    .where(endpointById(ctx, id))
    .returning();
  const details = { fields: Object.keys(changes) };
  const [row] = await writeAudited(ctx, write, { target: id, details });
  if (row === undefined) throw webhookNotFound();
  return viewWebhook(row);
}

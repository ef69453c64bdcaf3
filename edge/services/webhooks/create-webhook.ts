import { LIMITS } from '../../../shared/catalogue/limits.ts';
import { eq, sql } from 'drizzle-orm';
import { AppError } from '../../../shared/errors.ts';
import { newId } from '../../../shared/ids.ts';
import type { ServiceContext } from '../../context.ts';
import { webhookEndpoints } from '../../db/schema/index.ts';
import { newWebhookSecret } from '../../webhooks/signing.ts';
import { writeAudited } from '../audit/audit-row.ts';
import { reachOf } from '../users/reach.ts';
import { requirePublicUrl, resolveSessions } from './internal.ts';
import { viewWebhook, type WebhookView } from './webhook-view.ts';

/** Endpoints that one workspace may have: each makes every event of its types a row and a request. */
export const ENDPOINT_LIMIT = LIMITS.webhookEndpoints.limit;

export type WebhookInput = {
  url: string;
  description: string | null;
  eventTypes: readonly string[];
  /** Ids or names; null = all sessions. */
  sessions: readonly string[] | null;
  headers: Readonly<Record<string, string>>;
  fifo: boolean;
  maxAttempts: number;
};

/**
 * Adds an endpoint with a secret of its own, which is in this answer and the one of a rotation only.
 * @throws AppError VALIDATION_ERROR for a URL that may not be called, SESSION_NOT_FOUND, LIMIT_EXCEEDED
 */
export async function createWebhook({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: WebhookInput;
}): Promise<WebhookView & { secret: string }> {
  await requirePublicUrl(ctx, input.url);
  const sessionIds = await resolveSessions(ctx, input.sessions);
  const { workspaceId } = ctx;
  const count = await ctx.db.$count(
    webhookEndpoints,
    eq(webhookEndpoints.workspaceId, workspaceId),
  );
  if (count >= ENDPOINT_LIMIT)
    throw new AppError(
      'LIMIT_EXCEEDED',
      `A workspace can have ${ENDPOINT_LIMIT} webhook endpoints.`,
      {
        limit: ENDPOINT_LIMIT,
      },
    );
  const id = newId('webhook', ctx.now());
  const write = ctx.db
    .insert(webhookEndpoints)
    .values({
      id,
      workspaceId,
      mode: reachOf(ctx).sandboxOnly ? 'test' : 'live',
      url: new URL(input.url).href,
      description: input.description,
      secret: newWebhookSecret(),
      eventTypes: [...new Set(input.eventTypes)],
      sessionIds,
      headers: { ...input.headers },
      fifo: input.fifo,
      maxAttempts: input.maxAttempts,
      updatedAt: sql`now()`,
    })
    .returning();
  const [row] = await writeAudited(ctx, write, { target: id });
  if (row === undefined) throw new Error('the insert returned no row');
  return { ...viewWebhook(row), secret: row.secret };
}

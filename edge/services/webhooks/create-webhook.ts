import { LIMITS } from '../../../shared/catalogue/limits.ts';
import { and, eq, or, sql } from 'drizzle-orm';
import { AppError } from '../../../shared/errors.ts';
import { sha256Hex } from '../../../shared/hex.ts';
import { newId } from '../../../shared/ids.ts';
import type { ServiceContext } from '../../context.ts';
import { webhookEndpoints } from '../../db/schema/index.ts';
import { sealHeaders } from './sealed-endpoint.ts';
import { newWebhookSecret } from '../../webhooks/signing.ts';
import { auditInsert } from '../audit/audit-row.ts';
import { requireScope } from '../keys/require-scope.ts';
import { actorId, reachOf } from '../users/reach.ts';
import { lockWorkspace } from '../workspace/workspace-view.ts';
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
  /** Leave codes that link a phone in events: for those who may write sessions. */
  includeCodes: boolean;
  /** Seconds before each retry. */
  retryDelays: readonly number[];
};

/**
 * Adds an endpoint with a secret of its own, which is in this answer and the one of a rotation only.
 * @param isHook the same URL, events and sessions again are the same endpoint, which is switched on again
 * @throws AppError FORBIDDEN for codes by a key without sessions:write, VALIDATION_ERROR for a URL that may not be called, SESSION_NOT_FOUND, LIMIT_EXCEEDED
 */
export async function createWebhook({
  ctx,
  input,
  isHook = false,
}: {
  ctx: ServiceContext;
  input: WebhookInput;
  isHook?: boolean;
}): Promise<WebhookView & { secret: string }> {
  if (input.includeCodes) requireScope(ctx, 'sessions:write');
  await requirePublicUrl(ctx, input.url);
  const sessionIds = await resolveSessions(ctx, input.sessions);
  const { workspaceId } = ctx;
  const mode = reachOf(ctx).sandboxOnly ? 'test' : 'live';
  const { href } = new URL(input.url);
  const eventTypes = [...new Set(input.eventTypes)];
  const same = [href, eventTypes.toSorted(), sessionIds?.toSorted() ?? null, mode];
  const hookKey = isHook ? await sha256Hex(JSON.stringify(same)) : null;
  const id = newId('webhook', ctx.now());
  const secret = ctx.contentSeal.seal(workspaceId, newWebhookSecret());
  const headers = sealHeaders(ctx, { workspaceId, headers: input.headers });
  const statement = sql`
    with room as (
      select 1 from webhook_endpoints w where w.workspace_id = ${workspaceId}
      having count(*) < ${ENDPOINT_LIMIT}::int or bool_or(w.hook_key = ${hookKey}::text)
    ),
    made as (
      insert into webhook_endpoints (id, workspace_id, mode, url, description, secret, event_types, session_ids, headers,
        fifo, include_codes, retry_delays, hook_key, created_by)
      select ${id}, ${workspaceId}, ${mode}, ${href},
        ${input.description}::text, ${secret}, ${sql.param(eventTypes)}::text[],
        ${sql.param(sessionIds)}::text[], ${JSON.stringify(headers)}::jsonb, ${input.fifo}::boolean,
        ${input.includeCodes}::boolean, ${sql.param([...input.retryDelays])}::int[], ${hookKey}::text,
        ${actorId(ctx)}::text
      from room
      on conflict (workspace_id, hook_key) do update set is_active = true, disabled_reason = null, disabled_at = null,
        unannounced = false, failures = 0, failing_since = null, updated_at = now()
      returning id
    )
    ${auditInsert(ctx, { target: sql`made.id`, from: 'made' })}`;
  const made = or(
    eq(webhookEndpoints.id, id),
    hookKey === null
      ? undefined
      : and(eq(webhookEndpoints.workspaceId, workspaceId), eq(webhookEndpoints.hookKey, hookKey)),
  );
  // The workspace is locked first, so that the limit holds between requests at once.
  const [, , [row]] = await ctx.db.batch([
    ctx.db.execute(lockWorkspace(ctx)),
    ctx.db.execute(statement),
    ctx.db.select().from(webhookEndpoints).where(made),
  ]);
  if (row === undefined)
    throw new AppError(
      'LIMIT_EXCEEDED',
      `A workspace can have ${ENDPOINT_LIMIT} webhook endpoints.`,
      { limit: ENDPOINT_LIMIT },
    );
  return {
    ...(await viewWebhook(ctx, row)),
    secret: ctx.contentSeal.open(workspaceId, row.secret),
  };
}

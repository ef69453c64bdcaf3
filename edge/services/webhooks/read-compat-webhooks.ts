import { and, eq, sql } from 'drizzle-orm';
import type { ServiceContext } from '../../context.ts';
import { type CompatWebhook, webhookEndpoints } from '../../db/schema/webhook-endpoints.ts';
import { maskHeaders } from '../../webhooks/mask-headers.ts';
import { holdsScope } from '../keys/require-scope.ts';
import { openHeaders } from './sealed-endpoint.ts';

export type CompatWebhookView = {
  sessionId: string;
  url: string;
  headers: Record<string, string>;
  compat: CompatWebhook;
};

/** The webhooks that a source system's clients gave to sessions that the caller has read, in the order they were made. */
export async function readCompatWebhooks({
  ctx,
  input: { ids, system },
}: {
  ctx: ServiceContext;
  input: { ids: readonly string[]; system: CompatWebhook['system'] };
}): Promise<CompatWebhookView[]> {
  if (ids.length === 0) return [];
  const { workspaceId } = ctx;
  const rows = await ctx.db
    .select()
    .from(webhookEndpoints)
    .where(
      and(
        eq(webhookEndpoints.workspaceId, workspaceId),
        sql`${webhookEndpoints.compat}->>'system' = ${system}`,
        sql`${webhookEndpoints.sessionIds} && ${sql.param([...ids])}::text[]`,
      ),
    )
    .orderBy(webhookEndpoints.createdAt, webhookEndpoints.id);
  const mayRead = holdsScope(ctx, 'webhooks:write');
  return rows.flatMap(({ sessionIds, url, headers, compat }) => {
    const [sessionId] = sessionIds ?? [];
    if (sessionId === undefined || compat === null) return [];
    const shown = mayRead ? openHeaders(ctx, { workspaceId, headers }) : maskHeaders(headers);
    return [{ sessionId, url, headers: shown, compat }];
  });
}

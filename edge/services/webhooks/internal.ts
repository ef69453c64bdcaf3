import { and, eq, inArray, or, type SQL, sql } from 'drizzle-orm';
import { AppError } from '../../../shared/errors.ts';
import type { ServiceContext } from '../../context.ts';
import { sessions, webhookEndpoints } from '../../db/schema/index.ts';
import { keyOf } from '../keys/require-scope.ts';
import { pinnedElsewhere } from '../keys/refusals.ts';
import { reachableBy } from '../sessions/internal.ts';
import type { WebhookRow } from './webhook-view.ts';

/**
 * The workspace's endpoints that the caller's key may see: for a key pinned to a session those of that session alone, for
 * a test key those of test keys. The rest would let it read other sessions' events.
 */
export function reachableEndpoints(ctx: ServiceContext): SQL | undefined {
  const key = keyOf(ctx);
  return and(
    eq(webhookEndpoints.workspaceId, ctx.workspaceId),
    key.sessionId === null
      ? undefined
      : sql`${webhookEndpoints.sessionIds} = array[${key.sessionId}]::text[]`,
    key.mode === 'test' ? eq(webhookEndpoints.mode, 'test') : undefined,
  );
}

export const endpointById = (ctx: ServiceContext, id: string): SQL | undefined =>
  and(reachableEndpoints(ctx), eq(webhookEndpoints.id, id));

export const webhookNotFound = (): AppError =>
  new AppError('NOT_FOUND', 'No such webhook endpoint in this workspace.');

/** @throws AppError NOT_FOUND, also for another workspace's endpoint and one that the key does not reach */
export async function findWebhook(ctx: ServiceContext, id: string): Promise<WebhookRow> {
  const [row] = await ctx.db.select().from(webhookEndpoints).where(endpointById(ctx, id));
  if (row === undefined) throw webhookNotFound();
  return row;
}

/**
 * Refuses a URL that deliveries would be refused to. It is judged again at each attempt.
 * @throws AppError VALIDATION_ERROR with the reason
 */
export async function requirePublicUrl(ctx: ServiceContext, url: string): Promise<void> {
  const reason = await ctx.egress.check(url);
  if (reason === null) return;
  throw new AppError('VALIDATION_ERROR', `body.url: ${reason}`, {
    fields: [{ in: 'body', field: 'url', message: reason }],
  });
}

/**
 * The ids of the sessions that an endpoint is to hear of, from ids or names; null = all that there are and will be.
 * @throws AppError SESSION_NOT_FOUND naming the ones that are not there, FORBIDDEN for a pinned key that names another
 */
export async function resolveSessions(
  ctx: ServiceContext,
  wanted: readonly string[] | null,
): Promise<string[] | null> {
  const { sessionId: pin } = keyOf(ctx);
  if (wanted === null) return pin === null ? null : [pin];
  const rows = await ctx.db
    .select({ id: sessions.id, name: sessions.name })
    .from(sessions)
    .where(
      and(
        eq(sessions.workspaceId, ctx.workspaceId),
        reachableBy({ ...keyOf(ctx), sessionId: null }),
        or(inArray(sessions.id, [...wanted]), inArray(sessions.name, [...wanted])),
      ),
    );
  const missing = wanted.filter((one) => !rows.some(({ id, name }) => id === one || name === one));
  if (missing.length > 0) throw new AppError('SESSION_NOT_FOUND', undefined, { sessions: missing });
  if (pin !== null && rows.some(({ id }) => id !== pin)) throw pinnedElsewhere();
  return rows.map(({ id }) => id);
}

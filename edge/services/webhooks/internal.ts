import { and, eq, inArray, or, type SQL, sql } from 'drizzle-orm';
import { AppError } from '../../../shared/errors.ts';
import type { ServiceContext } from '../../context.ts';
import { sessions, webhookEndpoints } from '../../db/schema/index.ts';
import {
  refuseBeyond,
  reachOf,
  withinReach,
  hidesFrom,
  type Reach,
  SESSION_COLUMNS,
} from '../users/reach.ts';
import { nameKey } from '../../values/name.ts';
import { lowerName } from '../sessions/internal.ts';
import type { WebhookRow } from './webhook-view.ts';

/**
 * The workspace's endpoints that the caller may see: for a key pinned to a session those of that session alone, for a test
 * key those of test keys, for a member those of sessions that they reach. The rest would let them read other sessions'
 * events.
 */
export function reachableEndpoints(ctx: ServiceContext): SQL | undefined {
  const reach = reachOf(ctx);
  const { pin, sandboxOnly } = reach;
  return and(
    eq(webhookEndpoints.workspaceId, ctx.workspaceId),
    pin === null ? undefined : sql`${webhookEndpoints.sessionIds} = array[${pin}]::text[]`,
    sandboxOnly ? eq(webhookEndpoints.mode, 'test') : undefined,
    ofReachedSessions(ctx, hidesFrom(reach)),
  );
}

/**
 * Endpoints that name sessions, of which those that are still there are all within reach, and one at least is; undefined
 * when the reach narrows nothing.
 */
function ofReachedSessions({ workspaceId }: ServiceContext, reach: Reach): SQL | undefined {
  const within = withinReach(reach, SESSION_COLUMNS);
  if (within === undefined) return undefined;
  return sql`coalesce((
    select bool_and(coalesce(${within}, false)) from sessions s
    where s.workspace_id = ${workspaceId} and s.id = any(${webhookEndpoints.sessionIds})
  ), false)`;
}

export const endpointById = (ctx: ServiceContext, id: string): SQL | undefined =>
  and(reachableEndpoints(ctx), eq(webhookEndpoints.id, id));

export const webhookNotFound = (): AppError =>
  new AppError('NOT_FOUND', 'No such webhook endpoint in this workspace.');

export const endpointOff = (): AppError =>
  new AppError(
    'CONFLICT',
    'The endpoint is switched off; switch it on with PATCH {"isActive": true}.',
  );

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
 * @throws AppError SESSION_NOT_FOUND naming the ones that are not there or hidden from the caller; FORBIDDEN for a key that
 *   does not reach one, and for a member without all sessions who names none
 */
export async function resolveSessions(
  ctx: ServiceContext,
  wanted: readonly string[] | null,
): Promise<string[] | null> {
  const reach = reachOf(ctx);
  if (wanted === null) {
    if (reach.createdBy !== null) throw sessionsNotNamed();
    return reach.pin === null ? null : [reach.pin];
  }
  const rows = await ctx.db
    .select({ id: sessions.id, name: sessions.name, mode: sessions.mode })
    .from(sessions)
    .where(
      and(
        eq(sessions.workspaceId, ctx.workspaceId),
        withinReach({ ...reach, pin: null }, sessions),
        or(inArray(sessions.id, [...wanted]), inArray(lowerName, [...wanted])),
      ),
    );
  const missing = wanted.filter(
    (one) => !rows.some(({ id, name }) => id === one || nameKey(name) === one),
  );
  if (missing.length > 0) throw new AppError('SESSION_NOT_FOUND', undefined, { sessions: missing });
  for (const row of rows) refuseBeyond(reach, row);
  return rows.map(({ id }) => id);
}

const sessionsNotNamed = (): AppError =>
  new AppError(
    'FORBIDDEN',
    'List the sessions in `sessionIds`: you can reach only those that you created.',
    { required: 'sessionIds' },
  );

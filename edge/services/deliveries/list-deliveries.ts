import { and, desc, eq, inArray } from 'drizzle-orm';
import type { ServiceContext } from '../../context.ts';
import { beforeCursor, type Cursor, cutPage } from '../../db/cursor.ts';
import { isoOrNull } from '../../db/moment.ts';
import { attempts, deliveries, events } from '../../db/schema/index.ts';
import { findWebhook } from '../webhooks/internal.ts';

export type AttemptView = {
  attemptNo: number;
  startedAt: string;
  durationMs: number;
  statusCode: number | null;
  error: string | null;
  responseExcerpt: string | null;
};

export type DeliveryView = {
  id: string;
  eventId: string;
  eventType: string;
  eventSeq: number;
  status: 'pending' | 'delivered' | 'failed' | 'cancelled';
  /** Null once there is none. */
  nextAttemptAt: string | null;
  lastStatusCode: number | null;
  lastError: string | null;
  createdAt: string;
  finishedAt: string | null;
  attempts: AttemptView[];
};

/**
 * What was sent to an endpoint and how it went, newest first.
 * @throws AppError NOT_FOUND
 */
export async function listDeliveries({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: {
    webhookId: string;
    status: DeliveryView['status'] | null;
    cursor: Cursor | null;
    limit: number;
  };
}): Promise<{ deliveries: DeliveryView[]; nextCursor: string | null }> {
  const { status, cursor, limit } = input;
  const webhook = await findWebhook(ctx, input.webhookId);
  const rows = await ctx.db
    .select({ delivery: deliveries, eventId: events.id })
    .from(deliveries)
    .innerJoin(
      events,
      and(eq(events.workspaceId, deliveries.workspaceId), eq(events.seq, deliveries.eventSeq)),
    )
    .where(
      and(
        eq(deliveries.workspaceId, ctx.workspaceId),
        eq(deliveries.endpointId, webhook.id),
        status === null ? undefined : eq(deliveries.status, status),
        beforeCursor(cursor, { at: deliveries.createdAt, id: deliveries.id }),
      ),
    )
    .orderBy(desc(deliveries.createdAt), desc(deliveries.id))
    .limit(limit + 1);
  const { page, nextCursor } = cutPage(rows, limit, ({ delivery }) => ({
    at: delivery.createdAt,
    id: delivery.id,
  }));
  const made = await loadAttempts(
    ctx,
    page.map(({ delivery }) => delivery.id),
  );
  return {
    deliveries: page.map((row) => viewDelivery(row, made.get(row.delivery.id) ?? [])),
    nextCursor,
  };
}

async function loadAttempts(
  { db }: ServiceContext,
  deliveryIds: string[],
): Promise<Map<string, AttemptView[]>> {
  const byDelivery = new Map<string, AttemptView[]>();
  if (deliveryIds.length === 0) return byDelivery;
  const rows = await db
    .select()
    .from(attempts)
    .where(inArray(attempts.deliveryId, deliveryIds))
    .orderBy(attempts.attemptNo);
  for (const { deliveryId, startedAt, ...rest } of rows) {
    const view = { ...rest, startedAt: startedAt.toISOString() };
    byDelivery.set(deliveryId, [...(byDelivery.get(deliveryId) ?? []), view]);
  }
  return byDelivery;
}

function viewDelivery(
  { delivery, eventId }: { delivery: typeof deliveries.$inferSelect; eventId: string },
  made: AttemptView[],
): DeliveryView {
  return {
    id: delivery.id,
    eventId,
    eventType: delivery.eventName,
    eventSeq: delivery.eventSeq,
    status: delivery.status,
    nextAttemptAt: delivery.status === 'pending' ? delivery.nextAttemptAt.toISOString() : null,
    lastStatusCode: delivery.lastStatusCode,
    lastError: delivery.lastError,
    createdAt: delivery.createdAt.toISOString(),
    finishedAt: isoOrNull(delivery.finishedAt),
    attempts: made,
  };
}

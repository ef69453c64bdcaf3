import { and, eq, inArray } from 'drizzle-orm';
import type { ServiceContext } from '../../context.ts';
import { isoOrNull } from '../../db/moment.ts';
import { attempts, deliveries, events } from '../../db/schema/index.ts';

export type AttemptView = {
  attemptNo: number;
  startedAt: string;
  durationMs: number;
  statusCode: number | null;
  error: string | null;
  responseExcerpt: string | null;
};

/** `requestHeaders`: null for an attempt of before they were kept. */
export type AttemptInFull = AttemptView & { requestHeaders: Record<string, string> | null };

export type DeliveryView = {
  id: string;
  webhookId: string;
  eventId: string;
  eventType: string;
  eventSeq: number;
  /** Of the event; null for one of no session. */
  sessionId: string | null;
  status: 'pending' | 'delivered' | 'failed' | 'cancelled';
  /** Null once there is none. */
  nextAttemptAt: string | null;
  lastStatusCode: number | null;
  lastError: string | null;
  createdAt: string;
  finishedAt: string | null;
  attempts: AttemptView[];
};

/** The workspace's deliveries with their events. */
export const selectDeliveries = ({ db }: ServiceContext) =>
  db
    .select({ delivery: deliveries, eventId: events.id, sessionId: events.sessionId })
    .from(deliveries)
    .innerJoin(
      events,
      and(eq(events.workspaceId, deliveries.workspaceId), eq(events.seq, deliveries.eventSeq)),
    );

type Row = Awaited<ReturnType<typeof selectDeliveries>>[number];

export async function loadAttempts(
  { db, workspaceId, contentSeal }: ServiceContext,
  deliveryIds: string[],
): Promise<Map<string, AttemptInFull[]>> {
  const byDelivery = new Map<string, AttemptInFull[]>();
  if (deliveryIds.length === 0) return byDelivery;
  const rows = await db
    .select()
    .from(attempts)
    .where(inArray(attempts.deliveryId, deliveryIds))
    .orderBy(attempts.attemptNo);
  for (const { deliveryId, startedAt, ...rest } of rows) {
    const responseExcerpt = contentSeal.open(workspaceId, rest.responseExcerpt);
    const view = { ...rest, responseExcerpt, startedAt: startedAt.toISOString() };
    byDelivery.set(deliveryId, [...(byDelivery.get(deliveryId) ?? []), view]);
  }
  return byDelivery;
}

export function viewDelivery<Attempt extends AttemptView>(
  { delivery, eventId, sessionId }: Row,
  made: Attempt[],
): Omit<DeliveryView, 'attempts'> & { attempts: Attempt[] } {
  return {
    id: delivery.id,
    webhookId: delivery.endpointId,
    eventId,
    eventType: delivery.eventName,
    eventSeq: delivery.eventSeq,
    sessionId,
    status: delivery.status,
    nextAttemptAt: delivery.status === 'pending' ? delivery.nextAttemptAt.toISOString() : null,
    lastStatusCode: delivery.lastStatusCode,
    lastError: delivery.lastError,
    createdAt: delivery.createdAt.toISOString(),
    finishedAt: isoOrNull(delivery.finishedAt),
    attempts: made,
  };
}

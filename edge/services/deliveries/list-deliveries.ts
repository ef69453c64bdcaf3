import { and, desc, eq, gte, inArray, lt } from 'drizzle-orm';
import { EVENT_TYPES, subscribedName } from '../../../shared/catalogue/events/index.ts';
import type { ServiceContext } from '../../context.ts';
import { beforeCursor, type Cursor, cutPage } from '../../db/cursor.ts';
import { deliveries, events } from '../../db/schema/index.ts';
import { filteredSession } from '../sessions/internal.ts';
import { findWebhook } from '../webhooks/internal.ts';
import {
  type AttemptInFull,
  type AttemptView,
  type DeliveryView,
  loadAttempts,
  selectDeliveries,
  viewDelivery,
} from './delivery-view.ts';

export type DeliveryFilters = {
  status: DeliveryView['status'] | null;
  /** Types, wildcards or aliases; null = all. */
  types: readonly string[] | null;
  /** Id or name; null = all. */
  session: string | null;
  /** When they were made: from then on, and before then. */
  since: Date | null;
  until: Date | null;
};

/**
 * What was sent to an endpoint and how it went, newest first.
 * @throws AppError NOT_FOUND, SESSION_NOT_FOUND; FORBIDDEN for a session that the key does not reach
 */
export async function listDeliveries({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: DeliveryFilters & { webhookId: string; cursor: Cursor | null; limit: number };
}): Promise<{ deliveries: DeliveryView[]; nextCursor: string | null }> {
  const { status, types, since, until, cursor, limit } = input;
  const webhook = await findWebhook(ctx, input.webhookId);
  const sessionId = await filteredSession(ctx, input.session);
  const wanted = EVENT_TYPES.filter((type) => types === null || subscribedName(types, type));
  const rows = await selectDeliveries(ctx)
    .where(
      and(
        eq(deliveries.workspaceId, ctx.workspaceId),
        eq(deliveries.endpointId, webhook.id),
        status === null ? undefined : eq(deliveries.status, status),
        types === null ? undefined : inArray(events.type, wanted),
        sessionId === null ? undefined : eq(events.sessionId, sessionId),
        since === null ? undefined : gte(deliveries.createdAt, since),
        until === null ? undefined : lt(deliveries.createdAt, until),
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
    deliveries: page.map((row) =>
      viewDelivery(row, (made.get(row.delivery.id) ?? []).map(withoutHeaders)),
    ),
    nextCursor,
  };
}

function withoutHeaders(attempt: AttemptInFull): AttemptView {
  const { requestHeaders: _, ...shown } = attempt;
  return shown;
}

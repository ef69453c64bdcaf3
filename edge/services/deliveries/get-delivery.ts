import { and, eq } from 'drizzle-orm';
import { AppError } from '../../../shared/errors.ts';
import type { ServiceContext } from '../../context.ts';
import { deliveries, webhookEndpoints } from '../../db/schema/index.ts';
import { reachableEndpoints } from '../webhooks/internal.ts';
import { loadAttempts, selectDeliveries, viewDelivery } from './delivery-view.ts';

/**
 * One delivery, with what each attempt sent.
 * @throws AppError NOT_FOUND, also for one to an endpoint that the caller does not reach
 */
export async function getDelivery({ ctx, input }: { ctx: ServiceContext; input: { id: string } }) {
  const [row] = await selectDeliveries(ctx)
    .innerJoin(webhookEndpoints, eq(webhookEndpoints.id, deliveries.endpointId))
    .where(and(eq(deliveries.id, input.id), reachableEndpoints(ctx)));
  if (row === undefined) throw new AppError('NOT_FOUND', 'No such delivery in this workspace.');
  const made = await loadAttempts(ctx, [row.delivery.id]);
  return viewDelivery(row, made.get(row.delivery.id) ?? []);
}

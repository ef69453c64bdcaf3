import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import { newId } from '../../../shared/ids.ts';
import type { ServiceContext } from '../../context.ts';
import { afterCommit } from '../../events/after-commit.ts';
import { append, fact } from '../../events/append.ts';
import { auditInsert } from '../audit/audit-row.ts';
import { findWebhook } from './internal.ts';

const Row = z.object({ event_id: z.string(), delivery_id: z.string() });

/**
 * Sends a `webhook.test` event to this endpoint alone, whatever it subscribed to, by the same way as every other event.
 * @throws AppError NOT_FOUND; CONFLICT when the endpoint is switched off
 */
export async function testWebhook({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { id: string };
}): Promise<{ eventId: string; deliveryId: string }> {
  const { id } = await findWebhook(ctx, input.id);
  const now = ctx.now();
  const test = fact('webhook.test', {
    from: sql`wanted`,
    id: sql`${newId('event', now)}`,
    workspaceId: sql`wanted.workspace_id`,
    sessionId: null,
    occurredAt: sql`${new Date(now).toISOString()}`,
    data: { webhookId: id, message: 'This is a test from Waypost.' },
  });
  const { rows } = await ctx.db.execute(sql`
    with wanted as (
      select endpoint.workspace_id from webhook_endpoints endpoint
      where endpoint.id = ${id} and endpoint.workspace_id = ${ctx.workspaceId} and endpoint.is_active
    ),
    ${append([test], now, id)},
    audited as (${auditInsert(ctx, { target: id, from: 'event' })})
    select event.id as event_id, outbox.id as delivery_id from event, outbox`);
  const row = Row.optional().parse(rows[0]);
  if (row === undefined)
    throw new AppError(
      'CONFLICT',
      'The endpoint is switched off; switch it on with PATCH {"isActive": true}.',
    );
  afterCommit(ctx, [row.delivery_id]);
  return { eventId: row.event_id, deliveryId: row.delivery_id };
}

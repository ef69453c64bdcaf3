import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import { newId } from '../../../shared/ids.ts';
import type { ServiceContext } from '../../context.ts';
import { publishDue } from '../deliveries/publish-due.ts';
import { deliveryId, numberEvents } from '../events/outbox.ts';
import { auditInsert } from '../audit/audit-row.ts';
import { requireScope } from '../keys/require-scope.ts';
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
  requireScope(ctx, 'webhooks:write');
  const { id } = await findWebhook(ctx, input.id);
  const now = ctx.now();
  const data = JSON.stringify({ webhookId: id, message: 'This is a test from Waypost.' });
  const { rows } = await ctx.db.execute(sql`
    with fact as (
      select 1 as ord, ${newId('event', now)}::text as id, endpoint.workspace_id, null::text as session_id,
        'webhook.test' as type, ${data}::jsonb as data, ${new Date(now).toISOString()}::timestamptz as occurred_at,
        false as late
      from webhook_endpoints endpoint
      where endpoint.id = ${id} and endpoint.workspace_id = ${ctx.workspaceId} and endpoint.is_active
    ),
    ${numberEvents()},
    outbox as (
      insert into deliveries (id, workspace_id, endpoint_id, event_seq, event_name)
      select ${deliveryId(now)}, event.workspace_id, endpoint.id, event.seq, event.type
      from event join webhook_endpoints endpoint on endpoint.id = ${id}
      returning id
    ),
    audited as (${auditInsert(ctx, { target: id, from: 'event' })})
    select event.id as event_id, outbox.id as delivery_id from event, outbox`);
  const row = Row.optional().parse(rows[0]);
  if (row === undefined)
    throw new AppError(
      'CONFLICT',
      'The endpoint is switched off; switch it on with PATCH {"isActive": true}.',
    );
  ctx.waitUntil(publishDue(ctx, [{ deliveryId: row.delivery_id, attemptNo: 1, notBefore: null }]));
  return { eventId: row.event_id, deliveryId: row.delivery_id };
}

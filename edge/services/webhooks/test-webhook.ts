import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { LIMITS } from '../../../shared/catalogue/limits.ts';
import { AppError } from '../../../shared/errors.ts';
import { newId } from '../../../shared/ids.ts';
import type { ServiceContext } from '../../context.ts';
import { afterCommit } from '../../events/after-commit.ts';
import { append, Appended, BELLS, fact, lockWorkspaces } from '../../events/append.ts';
import { auditInsert } from '../audit/audit-row.ts';
import { endpointOff, findWebhook } from './internal.ts';

const TESTS = LIMITS.pendingTests;

const Row = Appended.extend({ event_id: z.string(), delivery_id: z.string() });

/**
 * Sends a `webhook.test` event to this endpoint alone, whatever it subscribed to, by the same way as every other event.
 * With a type it arrives as a sample of that one; nobody else takes it for a real event.
 * @throws AppError NOT_FOUND; CONFLICT when the endpoint is switched off; QUEUE_FULL while it has many tests pending
 */
export async function testWebhook({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { id: string; type: string | null };
}): Promise<{ eventId: string; deliveryId: string }> {
  const { id, isActive } = await findWebhook(ctx, input.id);
  const now = ctx.now();
  const test = fact('webhook.test', {
    from: sql`wanted`,
    id: sql`${newId('event', now)}`,
    workspaceId: sql`wanted.workspace_id`,
    sessionId: null,
    occurredAt: sql`${new Date(now).toISOString()}`,
    data: {
      webhookId: id,
      message: 'This is a test from Waypost.',
      ...(input.type !== null && { sample: input.type }),
    },
  });
  const statement = sql`
    with wanted as (
      select endpoint.workspace_id from webhook_endpoints endpoint
      where endpoint.id = ${id} and endpoint.workspace_id = ${ctx.workspaceId} and endpoint.is_active
        and not exists (
          select 1 from deliveries waiting
          where waiting.endpoint_id = endpoint.id and waiting.status = 'pending'
            and waiting.event_name = 'webhook.test'
          offset ${TESTS.limit - 1}::int
        )
    ),
    ${append([test], now, id)},
    audited as (${auditInsert(ctx, { target: id, from: 'event' })})
    select event.id as event_id, delivery.id as delivery_id, ${BELLS} from event, delivery`;
  const [, { rows }] = await ctx.db.batch([
    ctx.db.execute(lockWorkspaces([ctx.workspaceId])),
    ctx.db.execute(statement),
  ]);
  const row = Row.optional().parse(rows[0]);
  if (row === undefined && isActive)
    throw new AppError(
      'QUEUE_FULL',
      `The endpoint already has ${TESTS.limit} pending test deliveries; try again when some have ended.`,
      { limit: TESTS.limit },
    );
  if (row === undefined) throw endpointOff();
  afterCommit(ctx, row.bells);
  return { eventId: row.event_id, deliveryId: row.delivery_id };
}

import { and, eq, sql } from 'drizzle-orm';
import type { ServiceContext } from '../../context.ts';
import { webhookEndpoints } from '../../db/schema/index.ts';
import { sealHeaders } from './sealed-endpoint.ts';
import { writeAudited } from '../audit/audit-row.ts';
import { lacksScope } from '../keys/refusals.ts';
import { holdsScope } from '../keys/require-scope.ts';
import type { WebhookInput } from './create-webhook.ts';
import { endpointById, findWebhook, requirePublicUrl, resolveSessions } from './internal.ts';
import { viewWebhook, type WebhookView } from './webhook-view.ts';

export type WebhookChanges = { [Field in keyof WebhookInput]?: WebhookInput[Field] | undefined } & {
  isActive?: boolean | undefined;
};

const SWITCHED_ON = {
  isActive: true,
  disabledReason: null,
  disabledAt: null,
  unannounced: false,
  failures: 0,
  failingSince: null,
};
/** When and why it was switched off before stays. */
const SWITCHED_OFF = {
  isActive: false,
  disabledReason: sql`coalesce(${webhookEndpoints.disabledReason}, 'switched off by its owner')`,
  disabledAt: sql`coalesce(${webhookEndpoints.disabledAt}, now())`,
};

/**
 * Changes what is given and leaves the rest. Switching an endpoint on again forgets why it was switched off; deliveries
 * that were cancelled meanwhile stay cancelled.
 * @throws AppError FORBIDDEN for codes by a key without sessions:write, or another URL for them; NOT_FOUND, VALIDATION_ERROR for a URL that may not be called, SESSION_NOT_FOUND
 */
export async function updateWebhook({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { id: string; changes: WebhookChanges };
}): Promise<WebhookView> {
  const { id, changes } = input;
  await findWebhook(ctx, id);
  const { url, description, eventTypes, sessions, headers, fifo, retryDelays, isActive } = changes;
  const { includeCodes } = changes;
  const mayShowCodes = holdsScope(ctx, 'sessions:write');
  if (includeCodes === true && !mayShowCodes) throw lacksScope('sessions:write');
  // The codes that an endpoint gets would go to another URL.
  const mustGetNone = url !== undefined && includeCodes === undefined && !mayShowCodes;
  if (url !== undefined) await requirePublicUrl(ctx, url);
  const write = ctx.db
    .update(webhookEndpoints)
    .set({
      ...(url !== undefined && { url: new URL(url).href }),
      ...(description !== undefined && { description }),
      ...(eventTypes !== undefined && { eventTypes: [...new Set(eventTypes)] }),
      ...(sessions !== undefined && { sessionIds: await resolveSessions(ctx, sessions) }),
      ...(headers !== undefined && {
        headers: sealHeaders(ctx, { workspaceId: ctx.workspaceId, headers }),
      }),
      ...(fifo !== undefined && { fifo }),
      ...(includeCodes !== undefined && { includeCodes }),
      ...(retryDelays !== undefined && { retryDelays: [...retryDelays] }),
      ...(isActive === true && SWITCHED_ON),
      ...(isActive === false && SWITCHED_OFF),
      updatedAt: sql`now()`,
    })
    .where(
      and(
        endpointById(ctx, id),
        mustGetNone ? eq(webhookEndpoints.includeCodes, false) : undefined,
      ),
    )
    .returning();
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  const details = { fields: given.map(([field]) => field) };
  const [row] = await writeAudited(ctx, write, { target: id, details });
  if (row !== undefined) return viewWebhook(ctx, row);
  await findWebhook(ctx, id);
  throw lacksScope('sessions:write');
}

import type { ServiceContext } from '../../context.ts';
import { isoOrNull } from '../../db/moment.ts';
import type { webhookEndpoints } from '../../db/schema/index.ts';
import { type Counted, healthOf, loadCounts, type WebhookHealth } from './health.ts';
import { openHeaders } from './sealed-endpoint.ts';
import { maskHeaders } from '../../webhooks/mask-headers.ts';
import { holdsScope } from '../keys/require-scope.ts';

export type WebhookRow = typeof webhookEndpoints.$inferSelect;

/** An endpoint as the API shows it. The secret is no part of it. */
export type WebhookView = {
  id: string;
  url: string;
  description: string | null;
  eventTypes: string[];
  sessionIds: string[] | null;
  /** Values are masked for those who may not write webhooks: they hold credentials of the receiver. */
  headers: Record<string, string>;
  fifo: boolean;
  includeCodes: boolean;
  /** Seconds before each retry. */
  retryDelays: number[];
  maxAttempts: number;
  isActive: boolean;
  disabledReason: string | null;
  disabledAt: string | null;
  health: WebhookHealth;
  /** Id of a key or person. */
  createdBy: string | null;
  createdAt: string;
  updatedAt: string;
};

export async function viewWebhook(ctx: ServiceContext, row: WebhookRow): Promise<WebhookView> {
  return toView(ctx, row, await loadCounts(ctx, [row]));
}

export async function viewWebhooks(
  ctx: ServiceContext,
  rows: readonly WebhookRow[],
): Promise<WebhookView[]> {
  const counts = await loadCounts(ctx, rows);
  return rows.map((row) => toView(ctx, row, counts));
}

function toView(ctx: ServiceContext, row: WebhookRow, counts: readonly Counted[]): WebhookView {
  return {
    id: row.id,
    url: row.url,
    description: row.description,
    eventTypes: row.eventTypes,
    sessionIds: row.sessionIds,
    headers: holdsScope(ctx, 'webhooks:write') ? openHeaders(ctx, row) : maskHeaders(row.headers),
    fifo: row.fifo,
    includeCodes: row.includeCodes,
    retryDelays: row.retryDelays,
    maxAttempts: row.retryDelays.length + 1,
    isActive: row.isActive,
    disabledReason: row.disabledReason,
    disabledAt: isoOrNull(row.disabledAt),
    health: healthOf(row, counts),
    createdBy: row.createdBy,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

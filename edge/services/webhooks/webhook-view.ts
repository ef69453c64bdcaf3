import type { webhookEndpoints } from '../../db/schema/index.ts';

export type WebhookRow = typeof webhookEndpoints.$inferSelect;

/** An endpoint as its owner sees it. The secret is no part of it. */
export type WebhookView = {
  id: string;
  url: string;
  description: string | null;
  eventTypes: string[];
  sessionIds: string[] | null;
  headers: Record<string, string>;
  fifo: boolean;
  includeCodes: boolean;
  maxAttempts: number;
  isActive: boolean;
  disabledReason: string | null;
  createdAt: string;
  updatedAt: string;
};

export function viewWebhook(row: WebhookRow): WebhookView {
  return {
    id: row.id,
    url: row.url,
    description: row.description,
    eventTypes: row.eventTypes,
    sessionIds: row.sessionIds,
    headers: row.headers,
    fifo: row.fifo,
    includeCodes: row.includeCodes,
    maxAttempts: row.maxAttempts,
    isActive: row.isActive,
    disabledReason: row.disabledReason,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

import type { ServiceContext } from '../../context.ts';
import type { apiKeys } from '../../db/schema/index.ts';
import { isoOrNull } from '../../db/moment.ts';
import { DEFAULT_PER_MINUTE } from './key-limit.ts';

export type KeyRow = typeof apiKeys.$inferSelect;

/** A key as its workspace sees it. The key itself is no part of it: only its hash is kept. */
export type KeyView = {
  id: string;
  name: string;
  mode: 'live' | 'test';
  scopes: string[];
  sessionId: string | null;
  allowedIps: string[] | null;
  perMinute: number;
  isActive: boolean;
  expiresAt: string | null;
  /** While the key before the last rotation is still good. */
  previousKeyUntil: string | null;
  lastUsedAt: string | null;
  createdBy: string | null;
  /** Whom it belongs to; null for the workspace's own. */
  userId: string | null;
  createdAt: string;
};

export function viewKey(row: KeyRow): KeyView {
  return {
    id: row.id,
    name: row.name,
    mode: row.mode,
    scopes: row.scopes,
    sessionId: row.sessionId,
    allowedIps: row.allowedIps,
    perMinute: row.perMinute ?? DEFAULT_PER_MINUTE,
    isActive: row.isActive,
    expiresAt: isoOrNull(row.expiresAt),
    previousKeyUntil: isoOrNull(row.previousUntil),
    lastUsedAt: isoOrNull(row.lastUsedAt),
    createdBy: row.createdBy,
    userId: row.userId,
    createdAt: row.createdAt.toISOString(),
  };
}

/** What whoever makes or changes a key should know of it, since no client's address is known here. */
export const warningsOf = (ctx: ServiceContext, { allowedIps }: KeyView): string[] =>
  allowedIps === null || ctx.env.CLIENT_IP_HEADER !== undefined
    ? []
    : [
        'This key cannot be used: it is limited to client addresses, and this deployment does not know them. Set CLIENT_IP_HEADER, or set allowedIps to null.',
      ];

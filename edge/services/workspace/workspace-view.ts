import { sql } from 'drizzle-orm';
import type { Country } from '../../../shared/recipient.ts';
import type { ServiceContext } from '../../context.ts';
import { workspaces } from '../../db/schema/index.ts';
import { keptBytes } from '../media/media-quota.ts';
import {
  type SessionLimit,
  sessionLimitOf,
  type Tier,
  TIER_MEDIA_BYTES,
} from '../sessions/tiers.ts';

/** Columns of a workspace, how many sessions it has, of which archived ones do not count, and the bytes of its files. Columns are spelt out: drizzle would not. */
export const WORKSPACE_COLUMNS = {
  workspace: workspaces,
  sessionsUsed: sql<number>`(
    select count(*) from sessions s where s.workspace_id = workspaces.id and s.archived_at is null
  )`.mapWith(Number),
  mediaBytesUsed: sql<number>`${keptBytes(sql`workspaces.id`)}`.mapWith(Number),
};

export type WorkspaceRow = {
  workspace: typeof workspaces.$inferSelect;
  sessionsUsed: number;
  mediaBytesUsed: number;
};

/** A workspace as the API shows it. */
export type WorkspaceView = {
  id: string;
  name: string;
  tier: Tier;
  maxSessions: SessionLimit;
  sessionsUsed: number;
  maxMediaBytes: number;
  mediaBytesUsed: number;
  defaultSessionId: string | null;
  region: string | null;
  defaultCountry: Country | null;
  timeZone: string;
  cleanupTime: string;
  mediaRetentionHours: number;
  contentRetentionDays: number;
  stopWords: string[];
  captureLeads: boolean;
  /** null = the product's. */
  pacing: { minIntervalMs: number; jitterMs: number } | null;
  createdAt: string;
  updatedAt: string;
};

export function viewWorkspace({ workspace: row, ...used }: WorkspaceRow): WorkspaceView {
  const { minIntervalMs, jitterMs } = row;
  return {
    id: row.id,
    name: row.name,
    tier: row.tier,
    maxSessions: sessionLimitOf(row),
    sessionsUsed: used.sessionsUsed,
    maxMediaBytes: TIER_MEDIA_BYTES[row.tier],
    mediaBytesUsed: used.mediaBytesUsed,
    defaultSessionId: row.defaultSessionId,
    region: row.region,
    defaultCountry: row.defaultCountry,
    timeZone: row.timeZone,
    cleanupTime: row.cleanupTime,
    mediaRetentionHours: row.mediaRetentionHours,
    contentRetentionDays: row.contentRetentionDays,
    stopWords: row.stopWords,
    captureLeads: row.captureLeads,
    pacing: minIntervalMs === null || jitterMs === null ? null : { minIntervalMs, jitterMs },
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

/** The SQL lock that keeps a workspace's members and limits still until the end of a batch. */
export const lockWorkspace = ({ workspaceId }: Pick<ServiceContext, 'workspaceId'>) =>
  sql`select 1 from workspaces where id = ${workspaceId} for no key update`;

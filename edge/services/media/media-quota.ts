import { type SQL, sql } from 'drizzle-orm';
import { AppError } from '../../../shared/errors.ts';
import { TIER_MEDIA_BYTES } from '../sessions/tiers.ts';

/**
 * Bytes that a workspace keeps and that count against its tier. What others send to it is always taken, and does not count: else
 * strangers could fill it.
 * @param workspaceId an expression, or the id
 */
export const keptBytes = (workspaceId: SQL | string): SQL => sql`(
  select coalesce(sum(kept.size_bytes), 0) from media kept
  where kept.workspace_id = ${workspaceId} and kept.direction = 'outbound' and kept.expires_at is null)`;

/** Whether the tier of a workspace has no room for another file. Files that come at the same moment do not see each other. */
export const exceedsQuota = (workspaceId: string, sizeBytes: number): SQL => sql`(
  select ${keptBytes(workspaceId)} + ${sizeBytes}::bigint > case w.tier when 'max' then ${TIER_MEDIA_BYTES.max}::bigint
    when 'pro' then ${TIER_MEDIA_BYTES.pro}::bigint else ${TIER_MEDIA_BYTES.basic}::bigint end
  from workspaces w where w.id = ${workspaceId})`;

export const noMediaRoom = (): AppError =>
  new AppError(
    'LIMIT_EXCEEDED',
    'The files of this workspace take up what its tier allows (see `mediaBytesUsed` of `GET /v1/workspace`); delete some, lower `mediaRetentionHours`, or raise the tier.',
    { reason: 'media_quota' },
  );

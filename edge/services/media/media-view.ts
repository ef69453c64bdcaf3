import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { ServiceContext } from '../../context.ts';
import { Count, Moment } from '../../db/moment.ts';
import { nextCleanup } from './next-cleanup.ts';

/** What is shown of a file `f` of the workspace `w`. */
export const MEDIA_COLUMNS = sql`f.id, f.session_id, f.direction, f.mimetype, f.filename, f.size_bytes, f.sha256, f.created_at,
  f.expires_at, w.time_zone, w.cleanup_time, w.media_retention_hours`;

export const MediaRow = z.object({
  id: z.string(),
  session_id: z.string().nullable(),
  direction: z.enum(['inbound', 'outbound']),
  mimetype: z.string(),
  filename: z.string().nullable(),
  size_bytes: Count,
  sha256: z.string(),
  created_at: Moment,
  expires_at: Moment.nullable(),
  time_zone: z.string(),
  cleanup_time: z.string(),
  media_retention_hours: z.number(),
});
export type MediaRow = z.output<typeof MediaRow>;

/** A file as the API shows it. */
export type MediaView = ReturnType<typeof viewMedia>;

/** Where a file is read, with a credential of its workspace. */
export const mediaUrl = (baseUrl: string, id: string): string => `${baseUrl}/v1/media/${id}`;

/** When a file goes: at the first clean-up after it was kept for as long as its workspace keeps files, or when it was set to. */
export function expiryOf(row: MediaRow): Date {
  if (row.expires_at !== null) return row.expires_at;
  const kept = row.created_at.getTime() + row.media_retention_hours * 3_600_000;
  return new Date(nextCleanup(kept, { timeZone: row.time_zone, cleanupTime: row.cleanup_time }));
}

export const viewMedia = ({ env }: Pick<ServiceContext, 'env'>, row: MediaRow) => ({
  id: row.id,
  sessionId: row.session_id,
  direction: row.direction,
  mimetype: row.mimetype,
  filename: row.filename,
  sizeBytes: row.size_bytes,
  sha256: row.sha256,
  url: mediaUrl(env.BASE_URL, row.id),
  createdAt: row.created_at.toISOString(),
  expiresAt: expiryOf(row).toISOString(),
});

import { z } from 'zod';
import type { ServiceContext } from '../../context.ts';
import { Moment } from '../../db/moment.ts';
import { nextCleanup } from './next-cleanup.ts';

export type MediaView = {
  id: string;
  mimetype: string;
  filename: string | null;
  sizeBytes: number;
  sha256: string;
  url: string;
  expiresAt: string;
};

/** What says how long a file is kept: columns of its row, and of its workspace. */
export const KeptFile = z.object({
  created_at: Moment,
  expires_at: Moment.nullable(),
  time_zone: z.string(),
  cleanup_time: z.string(),
  hours: z.number(),
});
type KeptFile = z.output<typeof KeptFile>;

/** Where a file is read, with a credential of its workspace. */
export const mediaUrl = (baseUrl: string, id: string): string =>
  `${baseUrl.replace(/\/$/, '')}/v1/media/${id}`;

/** When a file goes: the first clean-up after it was kept for as long as the workspace keeps files, or when it was set to. */
export function expiryOf({
  created_at,
  expires_at,
  time_zone,
  cleanup_time,
  hours,
}: KeptFile): Date {
  if (expires_at !== null) return expires_at;
  const clock = { timeZone: time_zone, cleanupTime: cleanup_time };
  return new Date(nextCleanup(created_at.getTime() + hours * 3_600_000, clock));
}

export const viewMedia = (
  { env }: Pick<ServiceContext, 'env'>,
  { expiresAt, ...media }: Omit<MediaView, 'url' | 'expiresAt'> & { expiresAt: Date },
): MediaView => ({
  ...media,
  url: mediaUrl(env.BASE_URL, media.id),
  expiresAt: expiresAt.toISOString(),
});

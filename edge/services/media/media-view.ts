import type { ServiceContext } from '../../context.ts';

export type MediaView = {
  id: string;
  mimetype: string;
  filename: string | null;
  sizeBytes: number;
  sha256: string;
  url: string;
  expiresAt: string | null;
};

/** Where a file is read, with a credential of its workspace. */
export const mediaUrl = (baseUrl: string, id: string): string =>
  `${baseUrl.replace(/\/$/, '')}/v1/media/${id}`;

export const viewMedia = (
  { env }: Pick<ServiceContext, 'env'>,
  { expiresAt, ...media }: Omit<MediaView, 'url' | 'expiresAt'> & { expiresAt: Date | null },
): MediaView => ({
  ...media,
  url: mediaUrl(env.BASE_URL, media.id),
  expiresAt: expiresAt?.toISOString() ?? null,
});

import { AppError } from '../../shared/errors.ts';
import type { Egress, EgressResult } from '../egress/port.ts';
import { sniffImage } from './sniff-image.ts';

export const IMAGE_LIMIT_BYTES = 16 * 1024 * 1024;
const TIMEOUT_MS = 20_000;
const MAX_REDIRECTS = 3;

export type FetchedImage = { bytes: Uint8Array; mimetype: string; filename: string | null };

/**
 * Gets an image from a caller's URL through the egress guard.
 * @throws AppError MEDIA_REJECTED with `details.reason`: blocked, unreachable, http_status, too_large, empty, not_an_image
 */
export async function fetchImage(egress: Egress, url: string): Promise<FetchedImage> {
  const result = await egress.fetch({
    method: 'GET',
    url,
    headers: { accept: 'image/*' },
    timeoutMs: TIMEOUT_MS,
    maxBytes: IMAGE_LIMIT_BYTES,
    maxRedirects: MAX_REDIRECTS,
  });
  return readImage(result, url);
}

/** What an egress answer is as an image. Pure. */
export function readImage(result: EgressResult, url: string): FetchedImage {
  if (result.kind === 'blocked')
    throw rejected('blocked', 'The URL is not one that may be fetched.', { why: result.reason });
  if (result.kind === 'failed')
    throw rejected('unreachable', 'The URL could not be fetched.', { why: result.reason });
  if (result.status !== 200)
    throw rejected('http_status', `The URL answered with status ${result.status}.`, {
      httpStatus: result.status,
    });
  if (result.truncated)
    throw rejected('too_large', 'The image is larger than 16 MB.', {
      limitBytes: IMAGE_LIMIT_BYTES,
    });
  if (result.body.length === 0) throw rejected('empty', 'The URL answered with no content.');
  const mimetype = sniffImage(result.body);
  if (mimetype === null)
    throw rejected('not_an_image', 'The content is not a JPEG, PNG, GIF or WebP image.');
  return { bytes: result.body, mimetype, filename: filenameOf(url) };
}

const rejected = (reason: string, message: string, facts: Record<string, unknown> = {}): AppError =>
  new AppError('MEDIA_REJECTED', message, { reason, ...facts });

/** The last part of the URL's path, if it looks like a file's name. */
function filenameOf(url: string): string | null {
  const last = new URL(url).pathname.split('/').at(-1) ?? '';
  return /^[\w.-]{1,100}\.[a-z0-9]{2,5}$/i.test(last) ? last : null;
}

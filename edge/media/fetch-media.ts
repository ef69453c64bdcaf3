import { type MediaRule, megabytes } from '../../shared/catalogue/message-kinds.ts';
import { AppError } from '../../shared/errors.ts';
import type { Egress, EgressResult } from '../egress/port.ts';
import { sniffMimetype } from './sniff-mimetype.ts';

const TIMEOUT_MS = 20_000;
const MAX_REDIRECTS = 3;

/** `details.reason` of MEDIA_REJECTED; with it a rule's own `mismatch`. */
export const FETCH_REFUSALS = ['blocked', 'unreachable', 'http_status', 'too_large', 'empty'];

export type FetchedMedia = { bytes: Uint8Array; mimetype: string; filename: string | null };

/**
 * Gets a file from a caller's URL through the egress guard.
 * @throws AppError MEDIA_REJECTED with `details.reason`: one of FETCH_REFUSALS, or the rule's `mismatch`
 */
export async function fetchMedia(
  egress: Egress,
  url: string,
  rule: MediaRule,
): Promise<FetchedMedia> {
  const result = await egress.fetch({
    method: 'GET',
    url,
    headers: { accept: `${rule.mimetypes.join(', ')}, */*;q=0.8` },
    timeoutMs: TIMEOUT_MS,
    maxBytes: rule.limitBytes,
    maxRedirects: MAX_REDIRECTS,
  });
  return readMedia(result, url, rule);
}

/** What an egress answer is as a file. Pure. */
export function readMedia(result: EgressResult, url: string, rule: MediaRule): FetchedMedia {
  if (result.kind === 'blocked')
    throw rejected('blocked', 'The URL is not one that may be fetched.', { why: result.reason });
  if (result.kind === 'failed')
    throw rejected('unreachable', 'The URL could not be fetched.', { why: result.reason });
  if (result.status !== 200)
    throw rejected('http_status', `The URL answered with status ${result.status}.`, {
      httpStatus: result.status,
    });
  const { limitBytes, called, mismatch } = rule;
  if (result.truncated)
    throw rejected('too_large', `The file is larger than ${megabytes(limitBytes)} MB.`, {
      limitBytes,
    });
  if (result.body.length === 0) throw rejected('empty', 'The URL answered with no content.');
  const mimetype = sniffMimetype(result.body);
  if (mimetype === null || !rule.mimetypes.includes(mimetype))
    throw rejected(mismatch, `The content is not a ${called}.`);
  return { bytes: result.body, mimetype, filename: filenameOf(url) };
}

const rejected = (reason: string, message: string, facts: Record<string, unknown> = {}): AppError =>
  new AppError('MEDIA_REJECTED', message, { reason, ...facts });

/** The last part of the URL's path, if it looks like a file's name. */
function filenameOf(url: string): string | null {
  const last = new URL(url).pathname.split('/').at(-1) ?? '';
  return /^[\w.-]{1,100}\.[a-z0-9]{2,5}$/i.test(last) ? last : null;
}

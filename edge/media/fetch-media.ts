import type { MediaRule } from '../../shared/catalogue/kinds/kind.ts';
import { megabytes } from '../../shared/catalogue/kinds/file-source.ts';
import type { AppError } from '../../shared/errors.ts';
import type { Egress } from '../egress/port.ts';
import { filenameOf } from './filename.ts';
import type { MediaGates } from './media-gate.ts';
import type { ObjectStore } from './object-store.ts';
import {
  emptyFile,
  FILE_REFUSALS,
  rejected,
  type StoredMedia,
  storeMedia,
  tooLarge,
} from './store-media.ts';

const MAX_REDIRECTS = 3;

/** 20 s for a file of 16 MB, 50 s for one of 64 MB. */
const timeoutMsOf = ({ limitBytes }: MediaRule): number => 10_000 + megabytes(limitBytes) * 625;

/** `details.reason` of MEDIA_REJECTED; with it a rule's own `mismatch`. */
export const FETCH_REFUSALS = ['blocked', 'unreachable', 'http_status', ...FILE_REFUSALS];

type Doors = { egress: Egress; objects: ObjectStore; mediaGates: MediaGates };
type Wanted = {
  url: string;
  rule: MediaRule;
  /** The name that the caller gives it. */
  filename: string | null;
  workspaceId: string;
  objectKey: string;
};

/**
 * Gets a file from a caller's URL through the egress guard, and stores it while it arrives, as `storeMedia` does.
 * @throws AppError MEDIA_REJECTED with `details.reason`: one of FETCH_REFUSALS, or the rule's `mismatch`; UNAVAILABLE when
 * the storage fails or too many files are on their way
 */
export async function fetchMedia(doors: Doors, wanted: Wanted): Promise<StoredMedia> {
  const { egress, mediaGates } = doors;
  const timeoutMs = timeoutMsOf(wanted.rule);
  return mediaGates.passing.run(wanted.workspaceId, async () => {
    const opened = await egress.open({
      method: 'GET',
      url: wanted.url,
      headers: {
        'user-agent': 'Waypost-Media/1',
        accept: acceptOf(wanted.rule),
        // A compressed answer says nothing of the file's own length.
        'accept-encoding': 'identity',
      },
      timeoutMs,
      maxRedirects: MAX_REDIRECTS,
    });
    if (opened.kind === 'blocked')
      throw rejected('blocked', 'The URL is not one that may be fetched.', { why: opened.reason });
    if (opened.kind === 'failed')
      throw rejected('unreachable', 'The URL could not be fetched.', { why: opened.reason });
    const { response, deadline } = opened;
    try {
      return await store(doors, wanted, response, deadline);
    } catch (error) {
      if (error !== deadline.reason) throw error;
      const why = `no complete answer within ${timeoutMs} ms`;
      throw rejected('unreachable', 'The URL could not be fetched.', { why });
    }
  });
}

async function store(
  doors: Doors,
  wanted: Wanted,
  response: Response,
  deadline: AbortSignal,
): Promise<StoredMedia> {
  const announcedBytes = announced(response);
  const refusal = refuseAnswer(response, announcedBytes, wanted.rule);
  if (refusal !== null) {
    await response.body?.cancel();
    throw refusal;
  }
  if (response.body === null) throw emptyFile();
  return storeMedia(doors, wanted, {
    body: response.body,
    sizeBytes: announcedBytes,
    sourceName: filenameOf(wanted.url, response.headers.get('content-disposition')),
    // A server's Content-Type is too often wrong to be a word of the caller's.
    declared: { filename: wanted.filename, mimetype: null },
    deadline,
  });
}

/** Such as `image/*,*\/*;q=0.8`: some servers answer with another form of the file when nothing is preferred. */
const acceptOf = ({ mimetypes }: MediaRule): string =>
  mimetypes === null
    ? '*/*'
    : [...new Set(mimetypes.map((type) => type.replace(/\/.*/, '/*'))), '*/*;q=0.8'].join(',');

function refuseAnswer(
  { status }: Response,
  announcedBytes: number | null,
  rule: MediaRule,
): AppError | null {
  if (status !== 200)
    return rejected('http_status', `The URL answered with status ${status}.`, {
      httpStatus: status,
    });
  if (announcedBytes === 0) return emptyFile();
  if (announcedBytes !== null && announcedBytes > rule.limitBytes)
    return tooLarge(rule, announcedBytes);
  return null;
}

/** What Content-Length says of the file; null when it says nothing, or speaks of a compressed form. */
function announced({ headers }: Response): number | null {
  const encoding = headers.get('content-encoding') ?? 'identity';
  const length = headers.get('content-length');
  return encoding === 'identity' && length !== null && /^\d{1,15}$/.test(length)
    ? Number(length)
    : null;
}

import { createHash } from 'node:crypto';
import type { MediaRule } from '../../shared/catalogue/kinds/kind.ts';
import { megabytes } from '../../shared/catalogue/message-kinds.ts';
import { AppError } from '../../shared/errors.ts';
import type { Egress } from '../egress/port.ts';
import { ByteSource, CutOffError } from './byte-source.ts';
import { filenameOf } from './filename.ts';
import type { MediaGates } from './media-gate.ts';
import type { ObjectStore, ObjectWriter } from './object-store.ts';
import { sniffMimetype, SNIFFED_BYTES } from './sniff-mimetype.ts';
import { DamagedError, WHOLE_IMAGE } from './whole-image.ts';

const TIMEOUT_MS = 20_000;
const MAX_REDIRECTS = 3;

/** `details.reason` of MEDIA_REJECTED; with it a rule's own `mismatch`. */
export const FETCH_REFUSALS = [
  'blocked',
  'unreachable',
  'http_status',
  'too_large',
  'empty',
  'incomplete',
  'damaged',
];

export type StoredMedia = {
  mimetype: string;
  filename: string | null;
  sizeBytes: number;
  sha256: string;
};

type Doors = { egress: Egress; objects: ObjectStore; mediaGates: MediaGates };
type Wanted = { url: string; rule: MediaRule; workspaceId: string; objectKey: string };

/**
 * Gets a file from a caller's URL through the egress guard, and stores it while it arrives. What is stored is whole: as long
 * as its server said, with a header and an end that belong to its type. On failure the key may hold part of a file.
 * @throws AppError MEDIA_REJECTED with `details.reason`: one of FETCH_REFUSALS, or the rule's `mismatch`; UNAVAILABLE when
 * the storage fails or too many files are on their way
 */
export async function fetchMedia(doors: Doors, wanted: Wanted): Promise<StoredMedia> {
  const { egress, mediaGates } = doors;
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
      timeoutMs: TIMEOUT_MS,
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
      const why = `no complete answer within ${TIMEOUT_MS} ms`;
      throw rejected('unreachable', 'The URL could not be fetched.', { why });
    }
  });
}

async function store(
  { objects, mediaGates }: Doors,
  { url, rule, workspaceId, objectKey }: Wanted,
  response: Response,
  deadline: AbortSignal,
): Promise<StoredMedia> {
  const announcedBytes = announced(response);
  const refusal = refuseAnswer(response, announcedBytes, rule);
  if (refusal !== null) {
    await response.body?.cancel();
    throw refusal;
  }
  if (response.body === null) throw rejected('empty', 'The URL answered with no content.');

  const hash = createHash('sha256');
  const held: Uint8Array[] = [];
  let sizeBytes = 0;
  const upload: { writer?: ObjectWriter } = {};
  const source = new ByteSource(response.body, deadline, async (chunk) => {
    sizeBytes += chunk.length;
    if (sizeBytes > rule.limitBytes) throw tooLarge(rule);
    hash.update(chunk);
    if (upload.writer === undefined) held.push(chunk);
    else await upload.writer.write(chunk);
  });
  const begin = async (mimetype: string, length: number): Promise<ObjectWriter> => {
    const writer = objects.openPut(objectKey, length, mimetype, deadline);
    upload.writer = writer;
    for (const chunk of held.splice(0)) await writer.write(chunk);
    return writer;
  };

  try {
    const mimetype = await typeOf(source, rule);
    const readAll = async (): Promise<void> => {
      await WHOLE_IMAGE[mimetype]?.(source);
      await source.drain();
    };
    if (announcedBytes !== null) {
      const object = await begin(mimetype, announcedBytes);
      await readAll();
      if (sizeBytes < announcedBytes) throw new CutOffError('the body is too short');
      await object.close();
    } else {
      const readThenStore = async (): Promise<void> => {
        await readAll();
        await (await begin(mimetype, sizeBytes)).close();
      };
      await mediaGates.held.run(workspaceId, readThenStore, deadline);
    }
    const filename = filenameOf(url, response.headers.get('content-disposition'));
    return { mimetype, filename, sizeBytes, sha256: hash.digest('hex') };
  } catch (error) {
    await Promise.all([source.cancel(), upload.writer?.abort()]);
    if (error instanceof DamagedError)
      throw rejected('damaged', `The ${rule.called} cannot be opened: ${error.message}.`);
    if (error instanceof CutOffError)
      throw rejected('incomplete', incompleteMessage(announcedBytes, sizeBytes), {
        ...(announcedBytes !== null && { announcedBytes }),
        receivedBytes: sizeBytes,
      });
    throw error;
  }
}

/** Such as `image/*,*\/*;q=0.8`: some servers answer with another form of the file when nothing is preferred. */
const acceptOf = ({ mimetypes }: MediaRule): string =>
  [...new Set(mimetypes.map((type) => type.replace(/\/.*/, '/*'))), '*/*;q=0.8'].join(',');

function refuseAnswer(
  { status }: Response,
  announcedBytes: number | null,
  rule: MediaRule,
): AppError | null {
  if (status !== 200)
    return rejected('http_status', `The URL answered with status ${status}.`, {
      httpStatus: status,
    });
  if (announcedBytes === 0) return rejected('empty', 'The URL answered with no content.');
  if (announcedBytes !== null && announcedBytes > rule.limitBytes)
    return tooLarge(rule, announcedBytes);
  return null;
}

async function typeOf(source: ByteSource, rule: MediaRule): Promise<string> {
  const head = await source.peek(SNIFFED_BYTES);
  if (head.length === 0) throw rejected('empty', 'The URL answered with no content.');
  const mimetype = sniffMimetype(head);
  if (mimetype === null || !rule.mimetypes.includes(mimetype))
    throw rejected(rule.mismatch, `The content is not a ${rule.called}.`);
  return mimetype;
}

/** What Content-Length says of the file; null when it says nothing, or speaks of a compressed form. */
function announced({ headers }: Response): number | null {
  const encoding = headers.get('content-encoding') ?? 'identity';
  const length = headers.get('content-length');
  return encoding === 'identity' && length !== null && /^\d{1,15}$/.test(length)
    ? Number(length)
    : null;
}

const incompleteMessage = (announcedBytes: number | null, receivedBytes: number): string =>
  announcedBytes !== null && receivedBytes < announcedBytes
    ? `The server announced ${announcedBytes} bytes and sent ${receivedBytes}.`
    : `The file ends too early, after ${receivedBytes} bytes.`;

const tooLarge = ({ limitBytes }: MediaRule, announcedBytes?: number): AppError =>
  rejected('too_large', `The file is larger than ${megabytes(limitBytes)} MB.`, {
    limitBytes,
    ...(announcedBytes !== undefined && { announcedBytes }),
  });

const rejected = (reason: string, message: string, facts: Record<string, unknown> = {}): AppError =>
  new AppError('MEDIA_REJECTED', message, { reason, ...facts });

import { createHash } from 'node:crypto';
import type { MediaRule } from '../../shared/catalogue/kinds/kind.ts';
import { megabytes } from '../../shared/catalogue/kinds/file-source.ts';
import { LIMITS } from '../../shared/catalogue/limits.ts';
import { AppError } from '../../shared/errors.ts';
import { ByteSource, CutOffError } from './byte-source.ts';
import {
  contradicts,
  endingOf,
  endingOfType,
  type FileType,
  nameFile,
  sniffType,
  SNIFFED_BYTES,
} from './file-types.ts';
import type { MediaGates } from './media-gate.ts';
import type { ObjectStore, ObjectWriter } from './object-store.ts';
import { DamagedError, MOST_PIXELS, TooManyPixelsError, WHOLE_IMAGE } from './whole-image.ts';

/** `details.reason` of MEDIA_REJECTED for what a file is; with it a rule's own `mismatch`. */
export const FILE_REFUSALS = ['too_large', 'empty', 'incomplete', 'damaged', 'type_mismatch'];

/** Any file can be uploaded. Images must be complete, since a message may send them later. */
export const UPLOAD_RULE: MediaRule = {
  mimetypes: null,
  limitBytes: 64 * 1024 * 1024,
  isNamed: true,
  called: 'file',
  mismatch: 'type_mismatch',
};

/** The same of what a caller uploads to the storage by itself. Larger than any message takes, it can be read by links. */
export const LARGE_UPLOAD_RULE: MediaRule = {
  ...UPLOAD_RULE,
  limitBytes: LIMITS.largeUploadMebibytes.limit * 1024 * 1024,
};

const UPLOADS = new Set([UPLOAD_RULE, LARGE_UPLOAD_RULE]);

/** A file on its way to us. */
export type IncomingFile = {
  body: ReadableStream<Uint8Array>;
  /** The length that was announced; null when none was. */
  sizeBytes: number | null;
  /** The name that it has where it comes from, cleaned. */
  sourceName: string | null;
  /** What the caller says that it is. Nothing but the content decides; what contradicts it is refused. */
  declared: { filename: string | null; mimetype: string | null };
  deadline: AbortSignal;
};

export type StoredMedia = {
  mimetype: string;
  filename: string | null;
  sizeBytes: number;
  sha256: string;
};

/** A stored file that no row names yet. */
export type ReceivedFile = StoredMedia & { id: string; objectKey: string };

type Doors = { objects: ObjectStore; mediaGates: MediaGates };
type Place = { rule: MediaRule; workspaceId: string; objectKey: string };

/**
 * Stores a file while it arrives. What is stored is whole: as long as was announced and, for an image, with a header and an
 * end that belong to its type. On failure the key may hold part of a file.
 * @throws AppError MEDIA_REJECTED with `details.reason`: one of FILE_REFUSALS, or the rule's `mismatch`; UNAVAILABLE when
 * the storage fails or too many files are on their way
 */
export async function storeMedia(
  { objects, mediaGates }: Doors,
  { rule, workspaceId, objectKey }: Place,
  { body, sizeBytes: announcedBytes, sourceName, declared, deadline }: IncomingFile,
): Promise<StoredMedia> {
  const hash = createHash('sha256');
  const held: Uint8Array[] = [];
  let sizeBytes = 0;
  const upload: { writer?: ObjectWriter } = {};
  const source = new ByteSource(body, deadline, async (chunk) => {
    sizeBytes += chunk.length;
    if (sizeBytes > rule.limitBytes) throw tooLarge(rule);
    hash.update(chunk);
    if (upload.writer === undefined) held.push(chunk);
    else await upload.writer.write(chunk);
  });

  try {
    const found = await typeOf(source, rule);
    refuseContradiction(declared.mimetype, found);
    const { type, filename } = named(found, rule, sourceName, declared.filename);
    const { mimetype } = type;
    const passThrough = async (writer: ObjectWriter): Promise<void> => {
      upload.writer = writer;
      for (const chunk of held.splice(0)) await writer.write(chunk);
      if (rule.mimetypes !== null || UPLOADS.has(rule)) await WHOLE_IMAGE[mimetype]?.(source);
      await source.drain();
      if (announcedBytes !== null && sizeBytes < announcedBytes)
        throw new CutOffError('the body is too short');
      await writer.close();
    };
    if (announcedBytes === null)
      await mediaGates.held.run(
        workspaceId,
        () => passThrough(objects.openUnsizedPut(objectKey, mimetype, deadline)),
        deadline,
      );
    else await passThrough(objects.openPut(objectKey, announcedBytes, mimetype, deadline));
    return { mimetype, filename, sizeBytes, sha256: hash.digest('hex') };
  } catch (error) {
    await Promise.all([source.cancel(), upload.writer?.abort()]);
    if (error instanceof DamagedError)
      throw rejected('damaged', `The ${rule.called} cannot be opened: ${error.message}.`);
    if (error instanceof TooManyPixelsError)
      throw rejected('too_large', `The image has ${error.message}; at most 64 million are taken.`, {
        limitPixels: MOST_PIXELS,
      });
    if (error instanceof CutOffError)
      throw rejected('incomplete', incompleteMessage(announcedBytes, sizeBytes), {
        ...(announcedBytes !== null && { announcedBytes }),
        receivedBytes: sizeBytes,
      });
    throw error;
  }
}

/** A stored file under the name that the caller gives it. @throws AppError MEDIA_REJECTED `type_mismatch`, as `storeMedia` does */
export function renamed<File extends Pick<StoredMedia, 'mimetype' | 'filename'>>(
  file: File,
  given: string | null,
): File {
  const { mimetype } = file;
  const ending = endingOf(file.filename) ?? endingOfType(mimetype);
  if (given === null) return file;
  if (ending === null) return { ...file, filename: given };
  const fit = nameFile({ mimetype, ending }, given, true);
  if (fit === null) throw contradictedName(given, mimetype);
  return { ...file, filename: fit.filename };
}

/** A file that was stored before it was known what for. @throws AppError MEDIA_REJECTED */
export function refuseUnfit(
  { mimetype, sizeBytes }: Pick<StoredMedia, 'mimetype' | 'sizeBytes'>,
  { limitBytes, mimetypes, called }: MediaRule,
): void {
  if (sizeBytes > limitBytes)
    throw rejected('too_large', 'The stored file is too large for this kind of message.');
  if (mimetypes !== null && !mimetypes.includes(mimetype))
    throw rejected('type_mismatch', `The stored file is no ${called}.`);
}

async function typeOf(source: ByteSource, rule: MediaRule): Promise<FileType | null> {
  const head = await source.peek(SNIFFED_BYTES);
  if (head.length === 0) throw emptyFile();
  const found = await sniffType(head);
  if (rule.mimetypes === null || (found !== null && rule.mimetypes.includes(found.mimetype)))
    return found;
  const what = found?.mimetype ?? 'of no type that can be recognized';
  const facts = found === null ? {} : { found: found.mimetype };
  throw rejected(rule.mismatch, `The content is ${what}, and not a ${rule.called}.`, facts);
}

function refuseContradiction(declared: string | null, found: FileType | null): void {
  if (declared === null || !contradicts(declared, found)) return;
  const is = found?.mimetype ?? 'no such file';
  throw rejected(
    'type_mismatch',
    `The file is declared as ${declared}, but its content is ${is}.`,
    {
      declared,
      ...(found !== null && { found: found.mimetype }),
    },
  );
}

/** Only a kind that takes any file goes by the name: of the others the content says all. */
function named(
  found: FileType | null,
  rule: MediaRule,
  sourceName: string | null,
  filename: string | null,
): { type: FileType; filename: string | null } {
  const name = filename ?? sourceName;
  const file = nameFile(found, name, filename !== null);
  if (file === null) throw contradictedName(name, found?.mimetype);
  return rule.mimetypes === null || name !== null ? file : { ...file, filename: null };
}

const contradictedName = (filename: string | null, found?: string): AppError =>
  rejected(
    'type_mismatch',
    `The file is named ${filename}, but its content is ${found ?? 'no such file'}.`,
    { filename, ...(found !== undefined && { found }) },
  );

const incompleteMessage = (announcedBytes: number | null, receivedBytes: number): string =>
  announcedBytes !== null && receivedBytes < announcedBytes
    ? `The server announced ${announcedBytes} bytes and sent ${receivedBytes}.`
    : `The file ends too early, after ${receivedBytes} bytes.`;

export const emptyFile = (): AppError => rejected('empty', 'The file has no content.');

export const tooLarge = ({ limitBytes }: MediaRule, announcedBytes?: number): AppError =>
  rejected('too_large', `The file is larger than ${megabytes(limitBytes)} MB.`, {
    limitBytes,
    ...(announcedBytes !== undefined && { announcedBytes }),
  });

export const rejected = (
  reason: string,
  message: string,
  facts: Record<string, unknown> = {},
): AppError => new AppError('MEDIA_REJECTED', message, { reason, ...facts });

import { Buffer } from 'node:buffer';
import type { MediaRule } from '../../../shared/catalogue/kinds/kind.ts';
import { newId } from '../../../shared/ids.ts';
import type { ServiceContext } from '../../context.ts';
import { cleanFilename } from '../../media/filename.ts';
import { badForm, type FormPart, readFormParts } from '../../media/form-parts.ts';
import {
  type IncomingFile,
  type ReceivedFile,
  rejected,
  storeMedia,
  UPLOAD_RULE,
} from '../../media/store-media.ts';
import { discardObject } from './discard-object.ts';

const UPLOAD_MS = 60_000;
/** Of a form's fields together, its file aside. */
const FIELDS_LIMIT_BYTES = 1024 * 1024;
/** Of a whole form. */
export const FORM_LIMIT_BYTES = UPLOAD_RULE.limitBytes + FIELDS_LIMIT_BYTES;

/**
 * Stores a file from a request's body while it arrives. Nothing of it stays when that fails.
 * @throws AppError MEDIA_REJECTED and UNAVAILABLE as `storeMedia` does; MEDIA_REJECTED `incomplete` when it takes too long
 */
export async function receiveUpload(
  ctx: ServiceContext,
  rule: MediaRule,
  file: Omit<IncomingFile, 'sourceName' | 'deadline'>,
  deadline = AbortSignal.timeout(UPLOAD_MS),
): Promise<ReceivedFile> {
  const { workspaceId, mediaGates } = ctx;
  const id = newId('media', ctx.now());
  const objectKey = `${workspaceId}/media/${id}`;
  const place = { rule, workspaceId, objectKey };
  try {
    const stored = await mediaGates.passing.run(workspaceId, () =>
      storeMedia(ctx, place, { ...file, sourceName: null, deadline }),
    );
    return { id, objectKey, ...stored };
  } catch (error) {
    ctx.waitUntil(discardObject(ctx, objectKey));
    throw error === deadline.reason ? tooSlow() : error;
  }
}

const tooSlow = () => rejected('incomplete', 'The file did not arrive in time.');

/** A form with one file, which is stored, and the texts of its other parts by name. */
export type ReceivedForm = { file: ReceivedFile; fields: ReadonlyMap<string, string> };

/** `filename` goes before the name of the part; without `withFields` the file is the only part. */
type FormTerms = { rule: MediaRule; filename?: string | undefined; withFields: boolean };

/**
 * Reads a form whose part `file` is a file, in whatever order its parts come. The file is stored while it arrives, and nothing of
 * it stays when the form is refused.
 * @throws AppError VALIDATION_ERROR for a form that is broken, or has not one file; what `receiveUpload` throws
 */
export async function receiveForm(
  ctx: ServiceContext,
  request: Request,
  { rule, filename: given, withFields }: FormTerms,
): Promise<ReceivedForm> {
  const deadline = AbortSignal.timeout(UPLOAD_MS);
  const fields = new Map<string, string>();
  let file: ReceivedFile | null = null;
  let bytesLeft = FIELDS_LIMIT_BYTES;
  try {
    for await (const part of readFormParts(request, { limitBytes: FORM_LIMIT_BYTES, deadline })) {
      const { name, filename, mimetype, body } = part;
      if (fields.has(name) || (name === 'file' && file !== null))
        throw badForm(name, 'stands in the form twice');
      if (name === 'file') {
        const declared = { filename: cleanFilename(given ?? filename ?? ''), mimetype };
        file = await receiveUpload(ctx, rule, { body, sizeBytes: null, declared }, deadline);
      } else if (!withFields) throw badForm(name, 'is not known here; a form has the part `file`');
      else {
        const text = await readText(part, bytesLeft);
        bytesLeft -= Buffer.byteLength(text);
        fields.set(name, text);
      }
    }
    if (file === null) throw badForm('file', 'is required: the file, as one part of the form');
    return { file, fields };
  } catch (error) {
    if (file !== null) ctx.waitUntil(discardObject(ctx, file.objectKey));
    throw error === deadline.reason ? tooSlow() : error;
  }
}

async function readText({ name, filename, body }: FormPart, limitBytes: number): Promise<string> {
  // Some clients give each part that says its type a name.
  if (filename !== null && name !== 'payload')
    throw badForm(name, 'is a file; the file of the form is its part `file`');
  const chunks: Uint8Array[] = [];
  let bytesLeft = limitBytes;
  for await (const chunk of body) {
    chunks.push(chunk);
    bytesLeft -= chunk.length;
    if (bytesLeft < 0)
      throw badForm(name, `is too long: fields have ${FIELDS_LIMIT_BYTES} bytes together at most`);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(
      Buffer.concat(chunks),
    );
  } catch {
    throw badForm(name, 'is no UTF-8');
  }
}

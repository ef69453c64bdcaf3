import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { describe } from '../describe-error.ts';
import type { Sound } from '../../media/voice.ts';
import type { EngineSend } from '../port.ts';
import type { LibraryPage } from './library.ts';
import { dropFile, putPiece } from './page/media.ts';

/** Largest file that is sent. It stands in the page's memory about three times. */
export const OUTBOUND_FILE_LIMIT = 64 * 1024 * 1024;

/** A whole number of base64's groups of three bytes. */
const PIECE = 1_572_864;

/** The message's file cannot be sent, whoever asks and however often. */
export class FileRefused extends Error {}

/** A file on the runner's disk, as it is sent. */
export type OutboundFile = {
  path: string;
  sizeBytes: number;
  mimetype: string;
  filename: string;
  sound: Sound | null;
};

/** A file that the page holds: `handle` is its name there. */
export type FileOnPage = Pick<OutboundFile, 'mimetype' | 'filename' | 'sound'> & { handle: string };

/** @throws FileRefused when there is no file, or it is too large or unreadable */
export async function openFile({ content, filePath, sound }: EngineSend): Promise<OutboundFile> {
  const { mimetype } = content;
  if (filePath === undefined || mimetype === undefined)
    throw new FileRefused('The message has media and no file was given.');
  const filename = content.filename ?? basename(filePath);
  let sizeBytes: number;
  try {
    ({ size: sizeBytes } = await stat(filePath));
  } catch (error) {
    throw new FileRefused(`The file cannot be read: ${describe(error)}`, { cause: error });
  }
  if (sizeBytes > OUTBOUND_FILE_LIMIT)
    throw new FileRefused(`The file has ${sizeBytes} bytes; the limit is ${OUTBOUND_FILE_LIMIT}.`);
  return { path: filePath, sizeBytes, mimetype, filename, sound: sound ?? null };
}

/**
 * Hands a file over to the page, a piece at a time, for `work`, and takes it away again. The library's own way sends the whole
 * file over as one base64 string, four times its size in memory.
 */
export async function withFileOnPage<Result>(
  page: LibraryPage,
  documentId: string,
  { path, sizeBytes, ...rest }: OutboundFile,
  work: (file: FileOnPage) => Promise<Result>,
): Promise<Result> {
  const handle = `out ${Math.random()}`;
  const file = await open(path);
  try {
    const piece = Buffer.alloc(PIECE);
    for (let offset = 0; offset < sizeBytes;) {
      const { bytesRead } = await file.read(piece, 0, PIECE, offset);
      if (bytesRead === 0) throw new FileRefused('The file became shorter.');
      const base64 = piece.toString('base64', 0, bytesRead);
      await page.evaluate(putPiece, { documentId, handle, sizeBytes, offset, base64 });
      offset += bytesRead;
    }
    return await work({ handle, ...rest });
  } finally {
    await file.close();
    // The page may be gone, and its files with it.
    page.evaluate(dropFile, handle).catch(() => undefined);
  }
}

import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DeadlineError, withDeadline } from '../../deadline.ts';
import type { LibraryPage } from './library.ts';
import { dropFile, fetchMedia, isDocument, readPiece } from './page/media.ts';

/** Largest inbound file that is fetched. */
export const INBOUND_FILE_LIMIT = 64 * 1024 * 1024;

const PIECE = 1_572_864;
const FETCH_MS = 44_000;
const PIECE_MS = 20_000;
/** How the name of a file ends that is not whole yet. */
const PART = '.part';

export type Downloaded = { path: string; sizeBytes: number } | { error: string };

/**
 * Puts a message's file on disk, a piece at a time. What goes wrong with one file is a value.
 * @returns null when the page went away, or was loaded anew
 */
export async function downloadMedia(
  page: LibraryPage,
  filesDir: string,
  media: { wireKey: string; sizeBytes: number },
): Promise<Downloaded | null> {
  if (media.sizeBytes > INBOUND_FILE_LIMIT) return { error: 'the file is too large' };
  const request = { wireKey: media.wireKey, limit: INBOUND_FILE_LIMIT };
  const fetched = await whileOpen(page.evaluate(fetchMedia, request), FETCH_MS, 'fetching a file');
  if (fetched === null) return null;
  if (!fetched.ok) {
    // What a page fetches fails as well when it is left, and the page may still say so.
    const still = page.evaluate(isDocument, fetched.documentId);
    const sameDocument = await whileOpen(still, PIECE_MS, 'looking at the page');
    return sameDocument === true ? { error: fetched.error } : null;
  }

  await mkdir(filesDir, { recursive: true });
  const path = join(filesDir, randomUUID());
  const part = `${path}${PART}`;
  try {
    const file = await open(part, 'wx', 0o600);
    try {
      for (let offset = 0; offset < fetched.sizeBytes; offset += PIECE) {
        const read = page.evaluate(readPiece, { handle: fetched.handle, offset, length: PIECE });
        const piece = await whileOpen(read, PIECE_MS, 'reading a file');
        if (piece === null) return null;
        await file.write(Buffer.from(piece, 'base64'));
      }
    } finally {
      await file.close();
    }
    await rename(part, path);
    return { path, sizeBytes: fetched.sizeBytes };
  } finally {
    await rm(part, { force: true });
    // The page may be gone, and its files with it.
    page.evaluate(dropFile, fetched.handle).catch(() => undefined);
  }
}

/** Removes what an engine that was killed left of files that it was fetching. */
export async function dropParts(filesDir: string): Promise<void> {
  const names = await readdir(filesDir).catch(() => []);
  for (const name of names)
    if (name.endsWith(PART)) await rm(join(filesDir, name), { force: true });
}

/** What throws on the page is a value there, so that a call that fails was cut off. @throws DeadlineError */
async function whileOpen<T>(call: Promise<T>, ms: number, what: string): Promise<T | null> {
  try {
    return await withDeadline(call, ms, what);
  } catch (error) {
    if (error instanceof DeadlineError) throw error;
    return null;
  }
}

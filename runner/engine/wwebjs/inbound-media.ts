import { randomUUID } from 'node:crypto';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { withDeadline } from '../../deadline.ts';
import type { LibraryPage } from './library.ts';
import { dropFile, fetchMedia, readPiece } from './page/media.ts';

/** Largest inbound file that is fetched. */
export const INBOUND_FILE_LIMIT = 64 * 1024 * 1024;

const PIECE = 1_572_864;
const FETCH_MS = 44_000;
const PIECE_MS = 20_000;

export type Downloaded = { path: string; sizeBytes: number } | { error: string };

/** Puts a message's file on disk, a piece at a time. What goes wrong with one file is a value. */
export async function downloadMedia(
  page: LibraryPage,
  filesDir: string,
  media: { wireKey: string; sizeBytes: number },
): Promise<Downloaded> {
  if (media.sizeBytes > INBOUND_FILE_LIMIT) return { error: 'the file is too large' };
  const request = { wireKey: media.wireKey, limit: INBOUND_FILE_LIMIT };
  const fetched = await withDeadline(
    page.evaluate(fetchMedia, request),
    FETCH_MS,
    'fetching a file',
  );
  if (!fetched.ok) return { error: fetched.error };

  await mkdir(filesDir, { recursive: true });
  const path = join(filesDir, randomUUID());
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      for (let offset = 0; offset < fetched.sizeBytes; offset += PIECE) {
        const piece = await withDeadline(
          page.evaluate(readPiece, { handle: fetched.handle, offset, length: PIECE }),
          PIECE_MS,
          'reading a file',
        );
        if (piece === null) throw new Error('the page was reloaded');
        await file.write(Buffer.from(piece, 'base64'));
      }
    } finally {
      await file.close();
    }
    return { path, sizeBytes: fetched.sizeBytes };
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    // The page may be gone, and its files with it.
    page.evaluate(dropFile, fetched.handle).catch(() => undefined);
  }
}

import type { MediaRule } from '../../shared/catalogue/kinds/kind.ts';
import type { Egress } from '../egress/port.ts';
import { fetchMedia } from './fetch-media.ts';
import type { MediaGates } from './media-gate.ts';
import type { ObjectStore } from './object-store.ts';
import { emptyFile, type StoredMedia, storeMedia } from './store-media.ts';

/** Where a file comes from, and the name that the caller gives it. */
export type FileSource = { filename: string | null } & (
  | { from: 'url'; url: string }
  | { from: 'bytes'; bytes: Uint8Array; mimetype: string | null }
);

const STORE_MS = 20_000;

type Doors = { egress: Egress; objects: ObjectStore; mediaGates: MediaGates };
type Place = { rule: MediaRule; workspaceId: string; objectKey: string };

/**
 * Stores the file of a message, and empties a source of bytes.
 * @throws AppError as `fetchMedia` and `storeMedia` do
 */
export async function receiveFile(
  doors: Doors,
  place: Place,
  source: FileSource,
): Promise<StoredMedia> {
  const { filename } = source;
  if (source.from === 'url') return fetchMedia(doors, { ...place, filename, url: source.url });
  const { bytes, mimetype } = source;
  const { body } = new Response(bytes);
  if (body === null || bytes.length === 0) throw emptyFile();
  // The request may wait for its message for a minute: it must not hold the file for as long.
  source.bytes = new Uint8Array();
  return doors.mediaGates.passing.run(place.workspaceId, () =>
    storeMedia(doors, place, {
      body,
      sizeBytes: bytes.length,
      sourceName: null,
      declared: { filename, mimetype },
      deadline: AbortSignal.timeout(STORE_MS),
    }),
  );
}

import type { ObjectWriter } from './object-store.ts';

/** S3's least for every part but the last; R2 wants all of them equal. */
const PART_BYTES = 5 * 1024 * 1024;

/** The steps of a multipart upload. */
export type PartUpload = {
  /** @returns its upload id */
  begin(): Promise<string>;
  /** Part numbers count from 1. @returns its ETag */
  put(uploadId: string, number: number, bytes: Uint8Array): Promise<string>;
  complete(uploadId: string, etags: readonly string[]): Promise<void>;
  abort(uploadId: string): Promise<void>;
};

/**
 * Writes an object whose length shows only at its end. One part is in memory at a time; an object of a single part is put at
 * once.
 * @param whole begins an object of exactly that many bytes
 */
export function writeUnsized(
  whole: (sizeBytes: number) => ObjectWriter,
  upload: PartUpload,
): ObjectWriter {
  const part = new Uint8Array(PART_BYTES);
  let filled = 0;
  let uploadId: string | null = null;
  const etags: string[] = [];
  const flush = async (): Promise<string> => {
    uploadId ??= await upload.begin();
    etags.push(await upload.put(uploadId, etags.length + 1, part.subarray(0, filled)));
    filled = 0;
    return uploadId;
  };
  return {
    write: async (chunk) => {
      for (let at = 0; at < chunk.length;) {
        if (filled === PART_BYTES) await flush();
        const piece = chunk.subarray(at, at + PART_BYTES - filled);
        part.set(piece, filled);
        filled += piece.length;
        at += piece.length;
      }
    },
    close: async () => {
      if (uploadId !== null) return upload.complete(await flush(), etags);
      const writer = whole(filled);
      await writer.write(part.subarray(0, filled));
      await writer.close();
    },
    abort: async () => {
      // Storage forgets an upload that nobody completes, by itself.
      if (uploadId !== null) await upload.abort(uploadId).catch(() => undefined);
    },
  };
}

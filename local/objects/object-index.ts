import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { inTransaction } from '../database.ts';

const headersColumn = z
  .string()
  .transform((text): unknown => JSON.parse(text))
  .pipe(z.record(z.string(), z.string()));

const objectSchema = z.object({
  key: z.string(),
  blob: z.string(),
  size: z.number(),
  /** Without quotes. */
  etag: z.string(),
  modified_at: z.number(),
  headers: headersColumn,
});
export type StoredObject = z.infer<typeof objectSchema>;

const uploadSchema = z.object({
  id: z.string(),
  bucket: z.string(),
  key: z.string(),
  headers: headersColumn,
});
export type Upload = z.infer<typeof uploadSchema>;

const partSchema = z.object({
  number: z.number(),
  blob: z.string(),
  size: z.number(),
  etag: z.string(),
});
export type Part = z.infer<typeof partSchema>;

const blobSchema = z.array(z.object({ blob: z.string() }));

/** What is stored under a key, apart from the key. */
export type NewObject = {
  blob: string;
  size: number;
  etag: string;
  modifiedAt: number;
  headers: Readonly<Record<string, string>>;
};

/**
 * Names of blobs. Every change is on disk when the call returns, and returns the blobs that nothing names
 * any more, for the caller to remove.
 */
export type ObjectIndex = ReturnType<typeof createObjectIndex>;

export function createObjectIndex(db: DatabaseSync) {
  const get = db.prepare('SELECT * FROM objects WHERE bucket = ? AND key = ?');
  const put = db.prepare('INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?, ?, ?)');
  const remove = db.prepare('DELETE FROM objects WHERE bucket = ? AND key = ?');
  const named = db.prepare(
    'SELECT 1 FROM objects WHERE blob = ?1 UNION ALL SELECT 1 FROM parts WHERE blob = ?1',
  );
  const list = db.prepare(
    'SELECT * FROM objects WHERE bucket = ? AND key > ? ORDER BY key LIMIT ?',
  );
  const startUpload = db.prepare('INSERT INTO uploads VALUES (?, ?, ?, ?, ?)');
  const getUpload = db.prepare('SELECT * FROM uploads WHERE id = ? AND bucket = ? AND key = ?');
  const endUpload = db.prepare('DELETE FROM uploads WHERE id = ?');
  const getPart = db.prepare('SELECT * FROM parts WHERE upload = ? AND number = ?');
  const putPart = db.prepare('INSERT OR REPLACE INTO parts VALUES (?, ?, ?, ?, ?)');
  const getParts = db.prepare('SELECT * FROM parts WHERE upload = ? ORDER BY number');
  const endParts = db.prepare('DELETE FROM parts WHERE upload = ?');

  const dropParts = db.prepare(
    'DELETE FROM parts WHERE upload IN (SELECT id FROM uploads WHERE started_at < ?)',
  );
  const dropUploads = db.prepare('DELETE FROM uploads WHERE started_at < ?');

  const isNamed = (blob: string): boolean => named.get(blob) !== undefined;
  const unnamed = (blobs: readonly { blob: string }[]): string[] =>
    blobs.map(({ blob }) => blob).filter((blob) => !isNamed(blob));
  const object = (bucket: string, key: string): StoredObject | undefined =>
    objectSchema.optional().parse(get.get(bucket, key));
  const parts = (upload: string): Part[] => z.array(partSchema).parse(getParts.all(upload));
  const putRow = (bucket: string, key: string, one: NewObject): StoredObject[] => {
    const before = object(bucket, key);
    const { blob, size, etag, modifiedAt, headers } = one;
    put.run(bucket, key, blob, size, etag, modifiedAt, JSON.stringify(headers));
    return before === undefined ? [] : [before];
  };

  return {
    isNamed,
    object,
    parts,
    list: (bucket: string, after: string, limit: number): StoredObject[] =>
      z.array(objectSchema).parse(list.all(bucket, after, limit)),
    /** `onlyNew`: undefined, and nothing written, when the key is taken. */
    put(bucket: string, key: string, one: NewObject, onlyNew: boolean): string[] | undefined {
      return inTransaction(db, () => {
        if (onlyNew && object(bucket, key) !== undefined) return undefined;
        return unnamed(putRow(bucket, key, one));
      });
    },
    remove(bucket: string, key: string): string[] {
      return inTransaction(db, () => {
        const gone = object(bucket, key);
        remove.run(bucket, key);
        return gone === undefined ? [] : unnamed([gone]);
      });
    },
    startUpload(upload: Upload, now: number): void {
      startUpload.run(upload.id, upload.bucket, upload.key, JSON.stringify(upload.headers), now);
    },
    /** Forgets uploads begun before `time` (unix ms); their blobs go at the next start. */
    dropUploadsBefore(time: number): void {
      inTransaction(db, () => {
        dropParts.run(time);
        dropUploads.run(time);
      });
    },
    upload(id: string, bucket: string, key: string): Upload | undefined {
      return uploadSchema.optional().parse(getUpload.get(id, bucket, key));
    },
    /** Undefined, and nothing written, when the upload has ended meanwhile. */
    putPart(upload: Upload, part: Part): string[] | undefined {
      return inTransaction(db, () => {
        if (getUpload.get(upload.id, upload.bucket, upload.key) === undefined) return undefined;
        const before = partSchema.optional().parse(getPart.get(upload.id, part.number));
        putPart.run(upload.id, part.number, part.blob, part.size, part.etag);
        return unnamed(before === undefined ? [] : [before]);
      });
    },
    /** Ends the upload and, unless it is aborted, puts what was made of it. Undefined when it has ended. */
    endUpload(
      upload: Upload,
      made?: NewObject & { onlyNew: boolean },
    ): string[] | 'taken' | undefined {
      return inTransaction(db, () => {
        const { id, bucket, key } = upload;
        if (getUpload.get(id, bucket, key) === undefined) return undefined;
        if (made?.onlyNew === true && object(bucket, key) !== undefined) return 'taken';
        const gone = blobSchema.parse(getParts.all(id));
        endParts.run(id);
        endUpload.run(id);
        const before = made === undefined ? [] : putRow(bucket, key, made);
        return unnamed([...gone, ...before]);
      });
    },
  };
}

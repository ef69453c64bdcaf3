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
  const named = db.prepare('SELECT 1 FROM objects WHERE blob = ?');

  const isNamed = (blob: string): boolean => named.get(blob) !== undefined;
  const unnamed = (blobs: readonly { blob: string }[]): string[] =>
    blobs.map(({ blob }) => blob).filter((blob) => !isNamed(blob));
  const object = (bucket: string, key: string): StoredObject | undefined =>
    objectSchema.optional().parse(get.get(bucket, key));
  const putRow = (bucket: string, key: string, one: NewObject): StoredObject[] => {
    const before = object(bucket, key);
    const { blob, size, etag, modifiedAt, headers } = one;
    put.run(bucket, key, blob, size, etag, modifiedAt, JSON.stringify(headers));
    return before === undefined ? [] : [before];
  };

  return {
    isNamed,
    object,
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
  };
}

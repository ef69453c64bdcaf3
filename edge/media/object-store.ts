/** S3-compatible storage. Keys begin with the workspace's id. */
export type ObjectStore = {
  /** The object's bytes as they come, or those of a range that it has; null when there is none. */
  read(key: string, range?: ByteRange | null): Promise<ReadableStream<Uint8Array> | null>;
  /** Begins an object of exactly this many bytes, which are written one after the other, before the deadline. */
  openPut(key: string, sizeBytes: number, mimetype: string, deadline: AbortSignal): ObjectWriter;
  /** The same for as many bytes as come. It holds a few MiB of them in memory. */
  openUnsizedPut(key: string, mimetype: string, deadline: AbortSignal): ObjectWriter;
  /** URL that anyone may GET until it expires. No round trip. */
  presignGet(key: string, expiresInSeconds: number): Promise<string>;
  /** URL that takes one PUT of exactly this many bytes until it expires. No round trip. */
  presignPut(key: string, sizeBytes: number, expiresInSeconds: number): Promise<string>;
  /** As `presignPut`, at the address where callers reach the storage. */
  presignUpload(key: string, sizeBytes: number, expiresInSeconds: number): Promise<string>;
  delete(key: string): Promise<void>;
  /** Objects after this key, in the order of the keys' bytes; 1,000 at most. */
  list(after: string, limit: number): Promise<ObjectPage>;
};

/** Places of the first and the last byte, counted from 0. */
export type ByteRange = { first: number; last: number };

export type ObjectPage = {
  objects: readonly { key: string; modifiedAt: Date }[];
  /** There are more after the last of them. */
  isTruncated: boolean;
};

export type ObjectWriter = {
  write(chunk: Uint8Array): Promise<void>;
  /** Resolves when the object is stored. */
  close(): Promise<void>;
  /** Gives it up. What was written may or may not be there; delete the key. */
  abort(): Promise<void>;
};

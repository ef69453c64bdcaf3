/** S3-compatible storage. Keys begin with the workspace's id. */
export type ObjectStore = {
  /** The object's bytes as they come; null when there is none. */
  read(key: string): Promise<ReadableStream<Uint8Array> | null>;
  put(key: string, body: Uint8Array, mimetype: string): Promise<void>;
  /** URL that anyone may GET until it expires. No round trip. */
  presignGet(key: string, expiresInSeconds: number): Promise<string>;
  /** URL that takes one PUT of exactly this many bytes until it expires. No round trip. */
  presignPut(key: string, sizeBytes: number, expiresInSeconds: number): Promise<string>;
  delete(key: string): Promise<void>;
};

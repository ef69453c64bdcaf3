/**
 * How one kind of engine keeps its link with the phone in its `stateDir`. The runner takes it off the disk and brings it back
 * as bytes of the engine's own format, and looks into neither.
 */
export type EngineCredentials = {
  /** Name of the format: an engine restores bytes of its own format only. */
  format: string;
  /** Version of what writes the format, since an older one may misread it. @throws when it is unknown */
  version(): Promise<number>;
  /** What of a link is in `directory`; of a folder without a link, or none at all, `databaseBytes` is 0. */
  look(directory: string): Promise<CredentialsState>;
  /**
   * Copies it into `target` as fast as possible, while the engine stands still.
   * @returns the state of what was copied
   */
  copy(directory: string, target: string, signal: AbortSignal): Promise<CredentialsState>;
  /** Turns the `files` of `directory` into bytes, each up to its listed size. */
  pack(directory: string, files: readonly CredentialsFile[]): Promise<PackedCredentials>;
  /**
   * Writes the files of a pack into `directory`, which is empty.
   * @param bytes chunks that are good until the next one is asked for
   * @throws BadCredentialsError for anything but a whole, well-formed pack
   */
  unpack(bytes: AsyncIterable<Uint8Array>, directory: string): Promise<void>;
};

/** A file of an engine's, by its path in the engine's folder. `modifiedAt` is Unix ms. */
export type CredentialsFile = { path: string; sizeBytes: number; modifiedAt: number };

export type CredentialsState = {
  /** In a fixed order. */
  files: readonly CredentialsFile[];
  /** Size of the part that grows as messages come and go. */
  databaseBytes: number;
};

export type PackedCredentials = {
  /** Of `bytes`. */
  sizeBytes: number;
  /** Of the files, before compression. */
  contentBytes: number;
  /** Chunks that are good until the next one is asked for. Rejects when a file is shorter than listed. */
  bytes: AsyncIterable<Uint8Array>;
};

/** Bytes that are not a pack of the format they should be. */
export class BadCredentialsError extends Error {
  constructor(detail: string) {
    super(`bad credentials: ${detail}`);
    this.name = 'BadCredentialsError';
  }
}

import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, unlinkSync } from 'node:fs';
import { mkdir, open, rename, unlink, writeFile } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Bytes on disk under a random name, never changed once written. */
export type Blob = { id: string; size: number; md5Hex: string };

/**
 * Files of the store. A blob is written to `tmp/`, flushed, and renamed into `blobs/`; only then may the
 * index name it. What a crash leaves without a name in the index is removed at the next start.
 */
export class Blobs {
  readonly #dir: string;

  constructor(dir: string) {
    this.#dir = dir;
  }

  #path(id: string): string {
    return join(this.#dir, 'blobs', id.slice(0, 2), id);
  }

  /** Makes the folders and removes what no live object names. */
  prepare(isLive: (id: string) => boolean): void {
    rmSync(join(this.#dir, 'tmp'), { recursive: true, force: true });
    for (const folder of ['tmp', 'blobs']) {
      mkdirSync(join(this.#dir, folder), { recursive: true, mode: 0o700 });
    }
    for (const entry of readdirSync(join(this.#dir, 'blobs'), {
      recursive: true,
      withFileTypes: true,
    })) {
      if (entry.isFile() && !isLive(entry.name)) rmSync(join(entry.parentPath, entry.name));
    }
  }

  /** Writes a stream. When it fails, or `source` throws, nothing is left. */
  async write(source: AsyncIterable<Uint8Array>): Promise<Blob> {
    const id = randomBytes(16).toString('hex');
    const temporary = join(this.#dir, 'tmp', id);
    const md5 = createHash('md5');
    let size = 0;
    async function* measured(): AsyncGenerator<Uint8Array> {
      for await (const chunk of source) {
        md5.update(chunk);
        size += chunk.length;
        yield chunk;
      }
    }
    try {
      const file = await open(temporary, 'wx', 0o600);
      try {
        await writeFile(file, measured());
        await file.sync();
      } finally {
        await file.close();
      }
      const path = this.#path(id);
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await rename(temporary, path);
      await syncFolder(dirname(path));
      await syncFolder(join(this.#dir, 'blobs'));
    } catch (error) {
      await unlink(temporary).catch((problem: unknown) => {
        if (!isMissing(problem)) throw problem;
      });
      throw error;
    }
    return { id, size, md5Hex: md5.digest('hex') };
  }

  /** @throws an ENOENT error when the blob has been removed; see `isMissing` */
  open(id: string): Promise<FileHandle> {
    return open(this.#path(id), 'r');
  }

  /** Bytes of several blobs, one after the other. */
  async *concat(ids: readonly string[]): AsyncGenerator<Uint8Array> {
    for (const id of ids) {
      const file = await this.open(id);
      for await (const chunk of file.createReadStream()) yield Buffer.from(chunk);
    }
  }

  /** Readers that have it open keep reading. Synchronous: no copy can name it in between. */
  remove(id: string): void {
    try {
      unlinkSync(this.#path(id));
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
}

/** Whether an error says that a file does not exist. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** A rename is on disk only once its folder is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

import { mkdir, open, readFile, rename, truncate, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { WorkLane } from '../work-lane.ts';

/** Where a line stands in its file, in bytes; offset -1 while it is not there yet. Moves when the file is compacted. */
export type Place = { offset: number; length: number };

type Waiter = {
  line: string;
  place: Place;
  resolve: () => void;
  reject: (error: unknown) => void;
};

/**
 * A file of lines that only grows. `append` resolves once its line is on the disk (written and fsynced); appends that
 * come while an fsync runs share the next one.
 */
export class AppendLog {
  readonly path: string;
  #file: FileHandle;
  #waiting: Waiter[] = [];
  readonly #lane = new WorkLane();
  #scheduled = false;
  #bytes: number;
  #torn = false;

  private constructor(path: string, file: FileHandle, bytes: number) {
    this.path = path;
    this.#file = file;
    this.#bytes = bytes;
  }

  /** Opens or creates the file and reads its whole lines. A torn last line, left by a crash, is cut off. */
  static async open(path: string): Promise<{ log: AppendLog; lines: string[] }> {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const text = await readOrEmpty(path);
    const end = text.lastIndexOf(0x0a) + 1;
    if (end < text.length) await truncate(path, end);
    const file = await open(path, 'a+', 0o600);
    await syncDirectory(dirname(path));
    const lines = text.subarray(0, end).toString('utf8').split('\n').filter(Boolean);
    return { log: new AppendLog(path, file, end), lines };
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** @param place gets the line's place before this resolves */
  append(line: string, place: Place = { offset: -1, length: 0 }): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ line, place, resolve, reject });
      if (this.#scheduled) return;
      this.#scheduled = true;
      // It settles each append by itself and never fails.
      void this.#lane.run(() => this.#flush());
    });
  }

  read(place: Readonly<Place>): Promise<string> {
    return this.#lane.run(async () => {
      const buffer = Buffer.alloc(place.length);
      await this.#file.read(buffer, 0, place.length, place.offset);
      return buffer.toString('utf8');
    });
  }

  /** Leaves only the lines at these places, in one step, a line in memory at a time. */
  compact(kept: () => Iterable<Place>): Promise<void> {
    return this.#lane.run(() => this.#compact([...kept()].filter(({ offset }) => offset >= 0)));
  }

  /** Replaces the whole content in one step: after a crash it is either the old or the new. */
  rewrite(lines: () => readonly string[]): Promise<void> {
    return this.#lane.run(() => this.#replace(lines()));
  }

  async close(): Promise<void> {
    await this.#lane.idle();
    await this.#file.close();
  }

  async #flush(): Promise<void> {
    this.#scheduled = false;
    const batch = this.#waiting;
    this.#waiting = [];
    // After a failed write the file may end in half a line, which must not swallow the next one.
    const start = this.#torn ? '\n' : '';
    const text = start + batch.map(({ line }) => `${line}\n`).join('');
    try {
      await this.#file.appendFile(text);
      await this.#file.datasync();
      let offset = this.#bytes + start.length;
      for (const { line, place } of batch) {
        place.length = Buffer.byteLength(line);
        place.offset = offset;
        offset += place.length + 1;
      }
      this.#bytes += Buffer.byteLength(text);
      this.#torn = false;
      for (const { resolve } of batch) resolve();
    } catch (error) {
      this.#torn = true;
      this.#bytes = await this.#file.stat().then(
        ({ size }) => size,
        () => this.#bytes,
      );
      for (const { reject } of batch) reject(error);
    }
  }

  async #compact(kept: readonly Place[]): Promise<void> {
    let bytes = 0;
    const moved: { place: Place; offset: number }[] = [];
    const readLine = async (place: Place): Promise<Buffer> => {
      const line = Buffer.alloc(place.length + 1, '\n');
      await this.#file.read(line, 0, place.length, place.offset);
      return line;
    };
    await this.#become(async (next) => {
      for (const place of kept) {
        await next.write(await readLine(place));
        moved.push({ place, offset: bytes });
        bytes += place.length + 1;
      }
      return bytes;
    });
    for (const { place, offset } of moved) place.offset = offset;
  }

  async #replace(lines: readonly string[]): Promise<void> {
    const text = lines.map((line) => `${line}\n`).join('');
    await this.#become(async (next) => {
      await next.writeFile(text);
      return Buffer.byteLength(text);
    });
  }

  /** @param write gives how many bytes the new file has */
  async #become(write: (next: FileHandle) => Promise<number>): Promise<void> {
    const next = await open(`${this.path}.next`, 'w', 0o600);
    let bytes: number;
    try {
      bytes = await write(next);
      await next.datasync();
    } finally {
      await next.close();
    }
    await rename(`${this.path}.next`, this.path);
    await syncDirectory(dirname(this.path));
    const old = this.#file;
    this.#file = await open(this.path, 'a+', 0o600);
    await old.close();
    this.#bytes = bytes;
    this.#torn = false;
  }
}

async function readOrEmpty(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      return Buffer.alloc(0);
    throw error;
  }
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  await directory.sync();
  await directory.close();
}

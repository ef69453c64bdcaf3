import { mkdir, open, readFile, rename, truncate, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';

type Waiter = { line: string; resolve: () => void; reject: (error: unknown) => void };

/**
 * A file of lines that only grows. `append` resolves once its line is on the disk (written and fsynced); appends that
 * come while an fsync runs share the next one.
 */
export class AppendLog {
  readonly path: string;
  #file: FileHandle;
  #waiting: Waiter[] = [];
  #work: Promise<void> = Promise.resolve();
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
    const file = await open(path, 'a', 0o600);
    await syncDirectory(dirname(path));
    const lines = text.subarray(0, end).toString('utf8').split('\n').filter(Boolean);
    return { log: new AppendLog(path, file, end), lines };
  }

  get bytes(): number {
    return this.#bytes;
  }

  append(line: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ line, resolve, reject });
      if (this.#scheduled) return;
      this.#scheduled = true;
      this.#enqueue(() => this.#flush());
    });
  }

  /** Replaces the whole content in one step: after a crash it is either the old or the new. */
  rewrite(lines: () => readonly string[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#enqueue(async () => {
        try {
          await this.#replace(lines());
          resolve();
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  async close(): Promise<void> {
    await this.#work;
    await this.#file.close();
  }

  #enqueue(step: () => Promise<void>): void {
    this.#work = this.#work.then(step);
  }

  async #flush(): Promise<void> {
    this.#scheduled = false;
    const batch = this.#waiting;
    this.#waiting = [];
    // After a failed write the file may end in half a line, which must not swallow the next one.
    const text = (this.#torn ? '\n' : '') + batch.map(({ line }) => `${line}\n`).join('');
    try {
      await this.#file.appendFile(text);
      await this.#file.datasync();
      this.#bytes += Buffer.byteLength(text);
      this.#torn = false;
      for (const { resolve } of batch) resolve();
    } catch (error) {
      this.#torn = true;
      for (const { reject } of batch) reject(error);
    }
  }

  async #replace(lines: readonly string[]): Promise<void> {
    const text = lines.map((line) => `${line}\n`).join('');
    const next = await open(`${this.path}.next`, 'w', 0o600);
    await next.writeFile(text);
    await next.datasync();
    await next.close();
    await rename(`${this.path}.next`, this.path);
    await syncDirectory(dirname(this.path));
    const old = this.#file;
    this.#file = await open(this.path, 'a', 0o600);
    await old.close();
    this.#bytes = Buffer.byteLength(text);
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

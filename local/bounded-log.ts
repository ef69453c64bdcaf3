import type { ChildProcess } from 'node:child_process';
import { appendFileSync, existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { createInterface } from 'node:readline';

export type LogBounds = {
  /** Bytes of a file; with the one before it, a part keeps at most twice as many. */
  fileBytes: number;
  /** Age at which a file is replaced by a new one; the file before it is then deleted. */
  fileMs: number;
  /** Characters of a field, and of a line that is no JSON object. */
  field: number;
};
const BOUNDS: LogBounds = { fileBytes: 8_000_000, fileMs: 7 * 86_400_000, field: 2_000 };

/**
 * The log of one process. When the file is too large or too old, it is renamed to `<file>.1` and a new one is started.
 * A line is written whole or not at all, so that every line can be parsed.
 */
export class BoundedLog {
  readonly #file: string;
  readonly #bounds: LogBounds;
  readonly #now: () => number;
  #bytes: number;
  #beganAt: number;

  constructor(file: string, bounds: LogBounds = BOUNDS, now: () => number = Date.now) {
    this.#file = file;
    this.#bounds = bounds;
    this.#now = now;
    const found = statSync(file, { throwIfNoEntry: false });
    this.#bytes = found?.size ?? 0;
    this.#beganAt = found?.birthtimeMs ?? now();
  }

  write(line: string): void {
    const text = `${cutFields(line, this.#bounds.field)}\n`;
    const bytes = Buffer.byteLength(text);
    const isFull = this.#bytes + bytes > this.#bounds.fileBytes;
    if (this.#bytes > 0 && (isFull || this.#now() - this.#beganAt > this.#bounds.fileMs)) {
      const before = `${this.#file}.1`;
      rmSync(before, { force: true });
      if (existsSync(this.#file)) renameSync(this.#file, before);
      this.#bytes = 0;
      this.#beganAt = this.#now();
    }
    appendFileSync(this.#file, text, { mode: 0o600 });
    this.#bytes += bytes;
  }
}

/** How long to wait for a process's last lines after it ended: a child that outlives it holds its pipes open. */
const LAST_LINES_MS = 1_000;

/** Logs every line that a process says from here on; resolves when it has ended and its last line is written. */
export function keepOutput(child: ChildProcess, log: BoundedLog): Promise<void> {
  for (const output of [child.stdout, child.stderr])
    if (output !== null) createInterface({ input: output }).on('line', (line) => log.write(line));
  return new Promise((resolve) => {
    for (const event of ['close', 'error'] as const) child.once(event, () => resolve());
    child.once('exit', () => setTimeout(resolve, LAST_LINES_MS));
  });
}

/** A line whose strings are at most so long; one that is no JSON object is cut as a whole. */
function cutFields(line: string, most: number): string {
  if (line.length <= most) return line;
  const cut = (text: string): string =>
    text.length <= most ? text : `${text.slice(0, most)}… (${text.length - most} more)`;
  try {
    return JSON.stringify(JSON.parse(line), (_key, value: unknown) =>
      typeof value === 'string' ? cut(value) : value,
    );
  } catch {
    return cut(line); // plain text: a stack trace, a warning of Node's
  }
}

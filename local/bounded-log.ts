import type { ChildProcess } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  statSync,
  writeSync,
} from 'node:fs';
import { createInterface } from 'node:readline';

export type LogBounds = {
  /** Bytes of a file, between two looks at it; with the one before it, a part keeps about twice as many. */
  fileBytes: number;
  /** Age at which a file begins anew; the file before it is then overwritten. */
  fileMs: number;
  /** Characters of a field, and of a line that is no JSON object, of what comes through `write`. */
  field: number;
};
const BOUNDS: LogBounds = { fileBytes: 8_000_000, fileMs: 7 * 86_400_000, field: 2_000 };
const LOOK_EVERY_MS = 10_000;
/** Enough for a stack trace. */
const LAST_WORDS = 1_000;

/**
 * The log of one process, which writes to `descriptor` itself: with a pipe, it would block when the reader does. A file that
 * is too large or too old is copied to `<file>.1` and emptied, under the same descriptor.
 */
export class BoundedLog {
  readonly descriptor: number;
  readonly #file: string;
  readonly #bounds: LogBounds;
  readonly #now: () => number;
  readonly #timer: NodeJS.Timeout;

  constructor(file: string, bounds: LogBounds = BOUNDS, now: () => number = Date.now) {
    this.#file = file;
    this.#bounds = bounds;
    this.#now = now;
    this.descriptor = openSync(file, 'a', 0o600);
    this.#timer = setInterval(() => this.look(), LOOK_EVERY_MS).unref();
  }

  /** A line of this process itself, or of one that cannot be given the descriptor. */
  write(line: string): void {
    writeSync(this.descriptor, `${cutFields(line, this.#bounds.field)}\n`);
  }

  look(): void {
    const { size, birthtimeMs } = fstatSync(this.descriptor);
    const before = `${this.#file}.1`;
    const beganAt = statSync(before, { throwIfNoEntry: false })?.mtimeMs ?? birthtimeMs;
    const isOld = this.#now() - beganAt > this.#bounds.fileMs;
    if (size === 0 || (size <= this.#bounds.fileBytes && !isOld)) return;
    // Somebody may have removed it.
    if (existsSync(this.#file)) copyFileSync(this.#file, before);
    ftruncateSync(this.descriptor);
  }

  get size(): number {
    return fstatSync(this.descriptor).size;
  }

  /** What was written last since the file had so many bytes, for a message about the process that wrote it. */
  lastWords(since: number): string {
    if (!existsSync(this.#file)) return '';
    return readFileSync(this.#file).subarray(since).toString().slice(-LAST_WORDS).trim();
  }

  close(): void {
    clearInterval(this.#timer);
    closeSync(this.descriptor);
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

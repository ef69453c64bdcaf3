import {
  closeSync,
  existsSync,
  fsync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

/** What happened at once: its time (ms since the epoch) and the write commands, in order. */
const entrySchema = z.tuple([z.number(), z.array(z.array(z.string()).min(1))]);
export type JournalEntry = z.infer<typeof entrySchema>;

const SYNC_EVERY_MS = 1_000;

/**
 * The commands that changed something, one JSON line per atomic step, on disk before the caller hears of it:
 * kill -9 loses nothing. It is forced to the platter once a second: a power cut may cost that second.
 */
export class Journal {
  readonly #file: string;
  #descriptor: number;
  #size: number;
  /** Written in part or not at all, because the disk was full. */
  #owed = '';
  /** While something is not on the platter. */
  #timer: NodeJS.Timeout | undefined;

  private constructor(file: string, descriptor: number, size: number) {
    this.#file = file;
    this.#descriptor = descriptor;
    this.#size = size;
  }

  /**
   * Opens the journal of a directory and hands every entry to `replay`. A last line that a crash cut short is
   * dropped: nobody was told that it had happened.
   * @throws Error when an earlier line cannot be read.
   */
  static open(directory: string, replay: (entry: JournalEntry) => void): Journal {
    const file = path.join(directory, 'journal.jsonl');
    const bytes = existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
    let end = 0;
    for (let line = 1; ; line += 1) {
      const next = bytes.indexOf(0x0a, end);
      if (next === -1) break;
      const entry = parseEntry(bytes.toString('utf8', end, next));
      if (entry === undefined) {
        if (next === bytes.length - 1) break;
        throw new Error(`${file}: line ${line} is damaged; restore the file from a backup`);
      }
      replay(entry);
      end = next + 1;
    }
    const descriptor = openSync(file, 'a');
    ftruncateSync(descriptor, end);
    return new Journal(file, descriptor, end);
  }

  /** Bytes on disk. */
  get size(): number {
    return this.#size;
  }

  /** @throws Error when the disk does not take it; it is written first thing at the next call. */
  append(entry: JournalEntry): void {
    this.#owed += `${JSON.stringify(entry)}\n`;
    this.settle();
  }

  /** Writes what an earlier failure left over. @throws Error when that fails again. */
  settle(): void {
    if (this.#owed === '') return;
    const bytes = Buffer.from(this.#owed);
    try {
      for (let at = 0; at < bytes.length;) at += writeSync(this.#descriptor, bytes, at);
    } catch (error) {
      ftruncateSync(this.#descriptor, this.#size);
      throw error;
    }
    this.#size += bytes.length;
    this.#owed = '';
    this.#syncSoon();
  }

  /** Replaces everything by an equivalent, shorter history; a crash leaves either the old or the new one. */
  replace(entries: Iterable<JournalEntry>): void {
    const next = `${this.#file}.next`;
    const descriptor = openSync(next, 'w');
    let size = 0;
    try {
      for (const entry of entries) size += writeSync(descriptor, `${JSON.stringify(entry)}\n`);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(next, this.#file);
    closeSync(this.#descriptor);
    this.#descriptor = openSync(this.#file, 'a');
    this.#size = size;
    this.#owed = '';
  }

  close(): void {
    clearTimeout(this.#timer);
    fsyncSync(this.#descriptor);
    closeSync(this.#descriptor);
  }

  #syncSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      fsync(this.#descriptor, (error) => {
        // Also when the file was replaced meanwhile: the next round syncs the new one.
        if (error !== null) this.#syncSoon();
      });
    }, SYNC_EVERY_MS).unref();
  }
}

function parseEntry(line: string): JournalEntry | undefined {
  try {
    return entrySchema.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

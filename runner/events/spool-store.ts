import { mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type Report, SpooledReport } from '../../shared/protocol/runner-reports.ts';
import { AppendLog, type Place } from '../storage/append-log.ts';
import { readLines } from '../storage/read-lines.ts';

export const SpooledFile = z.object({
  path: z.string(),
  mimetype: z.string(),
  filename: z.string().nullable(),
  sizeBytes: z.number(),
});

type Received = Extract<Report, { kind: 'message.received' }>;

/** A message whose file is still to come. */
export const awaitsFile = (report: Report): report is Received =>
  report.kind === 'message.received' &&
  report.media !== null &&
  report.media.mediaId === null &&
  report.media.error === null;

/** A report on its way to the edge, with the file that must be in object storage before it goes. */
export const SpoolEntry = z.object({ report: SpooledReport, file: SpooledFile.nullable() });
export type SpoolEntry = z.infer<typeof SpoolEntry>;

const Line = z.union([z.object({ put: SpoolEntry }), z.object({ drop: z.array(z.number()) })]);

const COMPACT_AT_BYTES = 1024 * 1024;

/** Names an entry on the disk. */
export type SpoolRef = { bootId: string; spoolSeq: number; sessionId: string };
/**
 * `isFile`: the report of a file, which waits for its message and its file alone. `wireId`: of the message whose file this
 * is, or is still to come; null for all others.
 */
export type Left = SpoolRef & {
  bytes: number;
  hasFile: boolean;
  isFile: boolean;
  wireId: string | null;
};

/**
 * The spool's disk: one file per boot, holding what the edge has not confirmed. Of an entry only its place in the file
 * is in memory.
 */
export class SpoolStore {
  readonly #directory: string;
  readonly #bootId: string;
  readonly #log: AppendLog;
  /** Of this boot, by spool sequence. */
  readonly #live = new Map<number, Place>();
  #liveBytes = 0;
  /** What is left of each older boot; its file goes with the last. */
  readonly #older: Map<string, Map<number, Place>>;

  private constructor(
    directory: string,
    bootId: string,
    log: AppendLog,
    older: Map<string, Map<number, Place>>,
  ) {
    this.#directory = directory;
    this.#bootId = bootId;
    this.#log = log;
    this.#older = older;
  }

  /** @returns the store, and what older boots left, in their order; lines that cannot be read are counted */
  static async open(
    directory: string,
    bootId: string,
  ): Promise<{ store: SpoolStore; left: Left[]; unreadable: number }> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const older = new Map<string, Map<number, Place>>();
    const boots: { startedAt: number; left: Left[] }[] = [];
    let unreadable = 0;
    const names = (await readdir(directory)).filter((name) => name.endsWith('.jsonl'));
    for (const name of names) {
      const found = await replay(join(directory, name));
      unreadable += found.bad;
      boots.push(found);
      if (found.left.length === 0) await rm(join(directory, name));
      else older.set(name, found.places);
    }
    const left = boots.toSorted((a, b) => a.startedAt - b.startedAt).flatMap((boot) => boot.left);
    const { log } = await AppendLog.open(join(directory, fileOf(bootId)));
    return { store: new SpoolStore(directory, bootId, log, older), left, unreadable };
  }

  /** Resolves once the entry is on the disk. */
  put(entry: SpoolEntry): Promise<void> {
    const line = JSON.stringify({ put: entry });
    const place = { offset: -1, length: Buffer.byteLength(line) };
    this.#live.set(entry.report.spoolSeq, place);
    this.#liveBytes += place.length + 1;
    return this.#log.append(line, place);
  }

  /** An entry that `put` wrote or an older boot left; null when it cannot be read. */
  async read({ bootId, spoolSeq }: SpoolRef): Promise<SpoolEntry | null> {
    const own = bootId === this.#bootId;
    const place = own ? this.#live.get(spoolSeq) : this.#older.get(fileOf(bootId))?.get(spoolSeq);
    if (place === undefined) return null;
    const text = await (own ? this.#log.read(place) : this.#readOlder(bootId, place));
    const line = parseLine(text);
    return line !== null && 'put' in line ? line.put : null;
  }

  /** The edge has these. Losing this note costs a repetition, which the edge recognises. */
  async drop(refs: readonly SpoolRef[]): Promise<void> {
    const own = refs.filter(({ bootId, spoolSeq }) => this.#forget(bootId, spoolSeq));
    if (own.length > 0)
      await this.#log.append(JSON.stringify({ drop: own.map(({ spoolSeq }) => spoolSeq) }));
    for (const { bootId, spoolSeq } of refs) await this.#dropOlder(bootId, spoolSeq);
    if (this.#log.bytes > COMPACT_AT_BYTES && this.#log.bytes > 2 * this.#liveBytes)
      await this.#log.compact(() => this.#live.values());
  }

  /** Keeps aside what the edge will never take, for a person to look at. */
  async setAside(entry: SpoolEntry): Promise<void> {
    const { log } = await AppendLog.open(join(this.#directory, 'refused', fileOf(this.#bootId)));
    await log.append(JSON.stringify({ put: entry }));
    await log.close();
  }

  async close(): Promise<void> {
    await this.#log.close();
    if (this.#live.size === 0) await rm(this.#log.path, { force: true });
  }

  #forget(bootId: string, spoolSeq: number): boolean {
    const place = bootId === this.#bootId ? this.#live.get(spoolSeq) : undefined;
    if (place === undefined) return false;
    this.#live.delete(spoolSeq);
    this.#liveBytes -= place.length + 1;
    return true;
  }

  async #readOlder(bootId: string, { offset, length }: Place): Promise<string> {
    const file = await open(join(this.#directory, fileOf(bootId)), 'r');
    try {
      const buffer = Buffer.alloc(length);
      await file.read(buffer, 0, length, offset);
      return buffer.toString('utf8');
    } finally {
      await file.close();
    }
  }

  async #dropOlder(bootId: string, spoolSeq: number): Promise<void> {
    const name = fileOf(bootId);
    const rest = this.#older.get(name);
    if (rest === undefined) return;
    rest.delete(spoolSeq);
    if (rest.size > 0) return;
    this.#older.delete(name);
    await rm(join(this.#directory, name), { force: true });
  }
}

function fileOf(bootId: string): string {
  return `${bootId}.jsonl`;
}

async function replay(
  path: string,
): Promise<{ startedAt: number; left: Left[]; places: Map<number, Place>; bad: number }> {
  const live = new Map<number, Left>();
  const places = new Map<number, Place>();
  let startedAt = 0;
  let bad = 0;
  for await (const { text, place } of readLines(path)) {
    const line = parseLine(text);
    if (line === null) bad += 1;
    else if ('drop' in line) {
      for (const spoolSeq of line.drop) {
        live.delete(spoolSeq);
        places.delete(spoolSeq);
      }
    } else {
      const { bootId, spoolSeq, sessionId, occurredAt, report } = line.put.report;
      if (startedAt === 0) startedAt = occurredAt;
      const hasFile = line.put.file !== null;
      const isFile = hasFile && report.kind === 'message.media';
      const wireId = isFile || awaitsFile(report) ? report.wireId : null;
      const bytes = place.length;
      live.set(spoolSeq, { bootId, spoolSeq, sessionId, bytes, hasFile, isFile, wireId });
      places.set(spoolSeq, place);
    }
  }
  return { startedAt, left: [...live.values()], places, bad };
}

function parseLine(text: string): z.infer<typeof Line> | null {
  try {
    return Line.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

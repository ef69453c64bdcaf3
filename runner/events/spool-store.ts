import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { SpooledReport } from '../../shared/protocol/runner-reports.ts';
import { AppendLog } from '../storage/append-log.ts';

const File = z.object({
  path: z.string(),
  mimetype: z.string(),
  filename: z.string().nullable(),
  sizeBytes: z.number(),
});

/** A report on its way to the edge, with the file that must be in object storage before it goes. */
export const SpoolEntry = z.object({ report: SpooledReport, file: File.nullable() });
export type SpoolEntry = z.infer<typeof SpoolEntry>;

const Line = z.union([z.object({ put: SpoolEntry }), z.object({ drop: z.array(z.number()) })]);

const COMPACT_AT_BYTES = 1024 * 1024;

/** The spool's disk: one file per boot, holding what the edge has not said yes to. */
export class SpoolStore {
  readonly #directory: string;
  readonly #bootId: string;
  readonly #log: AppendLog;
  /** Of this boot, by spool sequence. */
  readonly #live = new Map<number, SpoolEntry>();
  /** How many of each older boot's entries are left; its file goes with the last. */
  readonly #older: Map<string, Set<number>>;
  #batches = 0;

  private constructor(
    directory: string,
    bootId: string,
    log: AppendLog,
    older: Map<string, Set<number>>,
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
  ): Promise<{ store: SpoolStore; left: SpoolEntry[]; unreadable: number }> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const older = new Map<string, Set<number>>();
    const boots: SpoolEntry[][] = [];
    let unreadable = 0;
    const names = (await readdir(directory)).filter((name) => name.endsWith('.jsonl'));
    for (const name of names) {
      const { log, lines } = await AppendLog.open(join(directory, name));
      await log.close();
      const { entries, bad } = replay(lines);
      unreadable += bad;
      boots.push(entries);
      if (entries.length === 0) await rm(join(directory, name));
      else older.set(name, new Set(entries.map(({ report }) => report.spoolSeq)));
    }
    const started = (entries: SpoolEntry[]): number => entries[0]?.report.occurredAt ?? 0;
    const left = boots.toSorted((a, b) => started(a) - started(b)).flat();
    const { log } = await AppendLog.open(join(directory, fileOf(bootId)));
    return { store: new SpoolStore(directory, bootId, log, older), left, unreadable };
  }

  /** Resolves once the entry is on the disk. */
  put(entry: SpoolEntry): Promise<void> {
    this.#live.set(entry.report.spoolSeq, entry);
    return this.#log.append(JSON.stringify({ put: entry }));
  }

  /** The edge has these. Losing this note costs a repetition, which the edge recognises. */
  async drop(entries: readonly SpoolEntry[]): Promise<void> {
    const own = entries.filter(
      ({ report }) => report.bootId === this.#bootId && this.#live.delete(report.spoolSeq),
    );
    if (own.length > 0)
      await this.#log.append(JSON.stringify({ drop: own.map(({ report }) => report.spoolSeq) }));
    for (const { report } of entries) await this.#dropOlder(report.bootId, report.spoolSeq);
    if (this.#log.bytes > COMPACT_AT_BYTES && this.#batches++ % 50 === 0)
      await this.#log.rewrite(() => [...this.#live.values()].map((put) => JSON.stringify({ put })));
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

function replay(lines: readonly string[]): { entries: SpoolEntry[]; bad: number } {
  const live = new Map<number, SpoolEntry>();
  let bad = 0;
  for (const text of lines) {
    const line = parseLine(text);
    if (line === null) bad += 1;
    else if ('put' in line) live.set(line.put.report.spoolSeq, line.put);
    else for (const spoolSeq of line.drop) live.delete(spoolSeq);
  }
  return { entries: [...live.values()], bad };
}

function parseLine(text: string): z.infer<typeof Line> | null {
  try {
    return Line.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

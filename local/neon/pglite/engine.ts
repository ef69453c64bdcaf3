import { mkdtemp, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { quoteIdentifier } from '../backend.ts';
import { type Log, reasonOf } from '../../log.ts';
import { simpleQuery, summarize } from './messages.ts';

/** Where PGlite keeps its files. */
export const pgliteOf = (dataDir: string): string => path.join(dataDir, 'pglite');

export function hasPglite(dataDir: string): Promise<boolean> {
  return stat(path.join(pgliteOf(dataDir), 'PG_VERSION')).then(
    () => true,
    () => false,
  );
}

/**
 * One PGlite. It is a single PostgreSQL backend and so in one database at a time: going to another one
 * reopens it (some 150 ms). Callers take turns; nothing here is safe to call at the same time.
 */
export class PgliteEngine {
  readonly #directory: string;
  readonly #log: Log;
  #db: PGlite;
  #database: string;

  private constructor(directory: string, log: Log, db: PGlite, database: string) {
    this.#directory = directory;
    this.#log = log;
    this.#db = db;
    this.#database = database;
  }

  /** Opens the directory's database, creating it at first in one step (a kill leaves nothing half made). */
  static async open(dataDir: string, log: Log): Promise<PgliteEngine> {
    const directory = pgliteOf(dataDir);
    if (!(await hasPglite(dataDir))) {
      const workshop = await mkdtemp(path.join(dataDir, 'initdb-'));
      const unfinished = path.join(workshop, 'pglite');
      await (await PGlite.create({ dataDir: unfinished })).close();
      await rename(unfinished, directory);
      await rm(workshop, { recursive: true });
    }
    const database = 'postgres';
    return new PgliteEngine(
      directory,
      log,
      await PGlite.create({ dataDir: directory, database }),
      database,
    );
  }

  /** Sends whole protocol messages; the answer is what a server would have sent back. */
  async run(messages: Buffer): Promise<Buffer> {
    const answer: Buffer[] = [];
    try {
      await this.#db.execProtocolRawStream(messages, {
        // PGlite reuses the memory behind what it hands out.
        onRawData: (data) => answer.push(Buffer.from(data)),
      });
    } catch (error) {
      // The WebAssembly instance is in an unknown state; what was committed is on disk.
      this.#log('error', 'pglite_crashed', { reason: reasonOf(error) });
      await this.#reopen(this.#database);
      throw error;
    }
    return Buffer.concat(answer);
  }

  /** @returns false when there is no such database. */
  async goTo(database: string): Promise<boolean> {
    if (database === this.#database) return true;
    if (!(await this.#exists(database))) return false;
    await this.#reopen(database);
    return true;
  }

  async ensureDatabase(name: string): Promise<void> {
    if (!(await this.#exists(name))) await this.#query(`CREATE DATABASE ${quoteIdentifier(name)}`);
  }

  async close(): Promise<void> {
    await this.#db.close();
  }

  async #exists(database: string): Promise<boolean> {
    const literal = `'${database.replaceAll("'", "''")}'`;
    return (await this.#query(`SELECT FROM pg_database WHERE datname = ${literal}`)) === 1;
  }

  async #query(sql: string): Promise<number> {
    const { rows, error } = summarize(await this.run(simpleQuery(sql)));
    if (error !== undefined) throw new Error(error);
    return rows;
  }

  async #reopen(database: string): Promise<void> {
    await this.#db.close().catch((error: unknown) => {
      this.#log('warn', 'pglite_close_failed', { reason: reasonOf(error) });
    });
    this.#db = await PGlite.create({ dataDir: this.#directory, database });
    this.#database = database;
  }
}

import type { Sql } from './sql.ts';

/** What a piece of work gets: the database, and a list of things to do once the commit is on disk. */
export type Tx = { sql: Sql; after: (effect: () => void) => void };

type Job = {
  work: (tx: Tx) => unknown;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
};

const jobsPerCommit = 200;

/**
 * Group commit: work that arrives together shares one fsync. A job that throws is rolled back alone.
 * Effects (frames to pages) run only after the commit, so a crash cannot take back anything that was sent.
 */
export class Ledger {
  readonly #sql: Sql;
  readonly #fail: (error: unknown) => void;
  readonly #jobs: Job[] = [];
  #scheduled = false;
  #closed = false;

  constructor(sql: Sql, fail: (error: unknown) => void) {
    this.#sql = sql;
    this.#fail = fail;
  }

  /** Runs `work` in a transaction shared with its neighbours; resolves with its result after the commit. */
  run<T>(work: (tx: Tx) => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#closed) {
        reject(new Error('the sandbox is closing'));
        return;
      }
      // The job list is untyped; `resolve` gets back exactly what `work` returned.
      this.#jobs.push({ work, resolve: resolve as (value: unknown) => void, reject });
      this.#schedule();
    });
  }

  /** Reads outside any transaction. */
  get sql(): Sql {
    return this.#sql;
  }

  close(): void {
    this.#drain();
    this.#closed = true;
    this.#sql.close();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (!this.#closed) this.#drain();
    });
  }

  #drain(): void {
    const jobs = this.#jobs.splice(0, jobsPerCommit);
    if (jobs.length === 0) return;
    const effects: (() => void)[] = [];
    const settled: (() => void)[] = [];
    try {
      this.#sql.run('begin immediate');
      for (const job of jobs) this.#runJob(job, effects, settled);
      this.#sql.run('commit');
    } catch (error) {
      this.#sql.abandon();
      for (const job of jobs) job.reject(error);
      if (this.#jobs.length > 0) this.#schedule();
      return;
    }
    for (const settle of settled) settle();
    for (const effect of effects) {
      try {
        effect();
      } catch (error) {
        this.#fail(error);
      }
    }
    if (this.#jobs.length > 0) this.#schedule();
  }

  #runJob(job: Job, effects: (() => void)[], settled: (() => void)[]): void {
    const own: (() => void)[] = [];
    this.#sql.run('savepoint job');
    try {
      const value = job.work({ sql: this.#sql, after: (effect) => own.push(effect) });
      this.#sql.run('release job');
      effects.push(...own);
      settled.push(() => job.resolve(value));
    } catch (error) {
      this.#sql.run('rollback to job');
      this.#sql.run('release job');
      settled.push(() => job.reject(error));
    }
  }
}

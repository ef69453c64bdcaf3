import { join } from 'node:path';
import { lockFile } from '../../../shared/node/file-lock.ts';
import { type Log, reasonOf } from '../../log.ts';
import { RedisError, type RedisEngine, type Reply } from '../reply.ts';
import { commandFor } from './commands.ts';
import { integer } from './integers.ts';
import { Journal, type JournalEntry } from './journal.ts';
import { Keyspace } from './keyspace.ts';
import { Scripts } from './scripts.ts';

const COMPACT_ABOVE_BYTES = 4 * 1024 * 1024;
const SWEEP_EVERY_MS = 10_000;

export type EmbeddedOptions = {
  dataDir: string;
  /** ms since the epoch. */
  now?: () => number;
};

/**
 * A small Redis in this process. Commands and scripts run one after the other and to their end; what they change is in the
 * journal before they are answered.
 */
export class EmbeddedRedis implements RedisEngine {
  readonly #keyspace = new Keyspace();
  readonly #scripts = new Scripts();
  readonly #journal: Journal;
  readonly #now: () => number;
  readonly #unlock: () => void;
  readonly #sweeper: NodeJS.Timeout;
  readonly #log: Log;
  /** The write commands of the step under way. */
  #step: string[][] = [];
  #compactAbove = COMPACT_ABOVE_BYTES;

  private constructor(unlock: () => void, options: EmbeddedOptions, log: Log) {
    this.#unlock = unlock;
    this.#now = options.now ?? Date.now;
    this.#log = log;
    this.#journal = Journal.open(options.dataDir, (entry) => this.#replay(entry));
    this.#keyspace.now = this.#now();
    this.#sweeper = setInterval(() => {
      this.#keyspace.now = this.#now();
      this.#keyspace.sweep();
    }, SWEEP_EVERY_MS).unref();
  }

  /** @throws FileLockedError, or Error for a damaged journal. */
  static open(options: EmbeddedOptions, log: Log): EmbeddedRedis {
    const unlock = lockFile(join(options.dataDir, 'lock.sqlite'));
    try {
      return new EmbeddedRedis(unlock, options, log);
    } catch (error) {
      unlock();
      throw error;
    }
  }

  /** Runs one command at one moment, and writes down what it changed, also when it fails half way. */
  async run(words: string[]): Promise<Reply> {
    this.#onDisk(() => this.#journal.settle());
    this.#keyspace.now = this.#now();
    this.#step = [];
    try {
      const name = words[0]?.toUpperCase();
      return name === 'EVAL' || name === 'EVALSHA' ? this.#script(name, words) : this.#plain(words);
    } finally {
      this.#commit();
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#sweeper);
    this.#journal.close();
    this.#unlock();
  }

  #commit(): void {
    if (this.#step.length === 0) return;
    this.#onDisk(() => this.#journal.append([this.#keyspace.now, this.#step]));
    if (this.#journal.size > this.#compactAbove) this.#compact();
  }

  #onDisk(write: () => void): void {
    try {
      write();
    } catch (error) {
      this.#log('error', 'journal_failed', { reason: reasonOf(error) });
      throw new RedisError('MISCONF the journal cannot be written; see the log of this service');
    }
  }

  #compact(): void {
    const { now } = this.#keyspace;
    const entries = this.#keyspace.snapshot().map((command): JournalEntry => [now, [command]]);
    this.#onDisk(() => this.#journal.replace(entries));
    this.#compactAbove = Math.max(COMPACT_ABOVE_BYTES, 2 * this.#journal.size);
  }

  #replay([at, commands]: JournalEntry): void {
    this.#keyspace.now = at;
    for (const words of commands) commandFor(words).run(this.#keyspace, words.slice(1));
  }

  #plain(words: string[]): Reply {
    const command = commandFor(words);
    const reply = command.run(this.#keyspace, words.slice(1));
    if (command.write) this.#step.push(words);
    return reply;
  }

  /** `EVAL script count key … argument …`, or EVALSHA with the digest of one that was sent before. */
  #script(name: 'EVAL' | 'EVALSHA', [, script = '', keys, ...rest]: string[]): Reply {
    const sha = name === 'EVALSHA' ? script : this.#scripts.load(script);
    const count = Number(integer(keys));
    if (count < 0 || count > rest.length)
      throw new RedisError("ERR Number of keys can't be greater than number of args");
    return this.#scripts.run(sha, rest.slice(0, count), rest.slice(count), (command) =>
      this.#plain(command),
    );
  }
}

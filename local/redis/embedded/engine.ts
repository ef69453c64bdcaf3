import { join } from 'node:path';
import { lockFile } from '../../../shared/node/file-lock.ts';
import { type Log, reasonOf } from '../../log.ts';
import { OK, RedisError, type RedisEngine, type Reply } from '../reply.ts';
import { small } from './arguments.ts';
import { checkArity, commandNamed } from './commands/table.ts';
import { Journal, type JournalEntry } from './journal.ts';
import { Keyspace } from './keyspace.ts';
import { Scripts } from './scripts.ts';
import { snapshotCommands } from './snapshot.ts';

const COMPACT_ABOVE_BYTES = 4 * 1024 * 1024;
const SWEEP_EVERY_MS = 10_000;

export type EmbeddedOptions = {
  dataDir: string;
  /** ms since the epoch. */
  now?: () => number;
};

/**
 * A small Redis in this process. Commands, transactions and scripts run one after the other and to their end;
 * what they change is in the journal before they are answered.
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
    // Expired keys nobody asks for again would stay in memory; `keys` drops them.
    this.#sweeper = setInterval(() => {
      this.#keyspace.now = this.#now();
      this.#keyspace.keys();
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

  async run(command: string[]): Promise<Reply> {
    return this.#atomically(() => this.#execute(command));
  }

  async transaction(commands: string[][]): Promise<Reply[]> {
    try {
      for (const [name = '', ...args] of commands) {
        if (!isScripting(name)) checkArity(name, commandNamed(name).args, args.length);
      }
    } catch (error) {
      throw new RedisError(
        `EXECABORT Transaction discarded because of previous errors. (${reasonOf(error)})`,
      );
    }
    return this.#atomically(() => commands.map((command) => this.#attempt(command)));
  }

  async close(): Promise<void> {
    clearInterval(this.#sweeper);
    this.#journal.close();
    this.#unlock();
  }

  /** Runs one step at one moment, and writes down what it changed, also when it fails half way. */
  #atomically<T>(step: () => T): T {
    this.#settleJournal();
    this.#keyspace.now = this.#now();
    this.#step = [];
    try {
      return step();
    } finally {
      this.#commit();
    }
  }

  #commit(): void {
    if (this.#step.length === 0) return;
    this.#onDisk(() => this.#journal.append([this.#keyspace.now, this.#step]));
    if (this.#journal.size > this.#compactAbove) this.#compact();
  }

  #settleJournal(): void {
    this.#onDisk(() => this.#journal.settle());
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
    const commands = [...snapshotCommands(this.#keyspace)];
    this.#onDisk(() => this.#journal.replace(commands.map((c): JournalEntry => [now, [c]])));
    this.#compactAbove = Math.max(COMPACT_ABOVE_BYTES, 2 * this.#journal.size);
  }

  #replay([at, commands]: JournalEntry): void {
    this.#keyspace.now = at;
    for (const [name = '', ...args] of commands) commandNamed(name).run(this.#keyspace, args);
  }

  #attempt(command: string[]): Reply {
    try {
      return this.#execute(command);
    } catch (error) {
      if (error instanceof RedisError) return { err: error.message };
      throw error;
    }
  }

  #execute(words: string[]): Reply {
    const [name = '', ...args] = words;
    return isScripting(name) ? this.#script(name, args) : this.#plain(words);
  }

  #plain(words: string[]): Reply {
    const [name = '', ...args] = words;
    const command = commandNamed(name);
    checkArity(name, command.args, args.length);
    const reply = command.run(this.#keyspace, args);
    if (command.write) this.#step.push(words);
    return reply;
  }

  #script(name: string, [first = '', ...rest]: string[]): Reply {
    const upper = name.toUpperCase();
    if (upper === 'SCRIPT') return this.#manageScripts(first, rest);
    const sha = upper.startsWith('EVALSHA') ? first : this.#scripts.load(first);
    const count = small(rest[0]);
    if (count < 0 || count > rest.length - 1) {
      throw new RedisError("ERR Number of keys can't be greater than number of args");
    }
    const readOnly = upper.endsWith('_RO');
    return this.#scripts.run(sha, rest.slice(1, 1 + count), rest.slice(1 + count), (command) => {
      if (readOnly && commandNamed(command[0] ?? '').write) {
        throw new RedisError('ERR Write commands are not allowed from read-only scripts.');
      }
      return this.#plain(command);
    });
  }

  #manageScripts(action: string, args: string[]): Reply {
    switch (action.toUpperCase()) {
      case 'LOAD':
        return this.#scripts.load(args[0] ?? '');
      case 'EXISTS':
        return args.map((sha) => (this.#scripts.has(sha) ? 1 : 0));
      case 'FLUSH':
        this.#scripts.forgetAll();
        return OK;
      default:
        throw new RedisError(`ERR unknown subcommand '${action}'`);
    }
  }
}

const SCRIPTING = new Set(['EVAL', 'EVALSHA', 'EVAL_RO', 'EVALSHA_RO', 'SCRIPT']);

const isScripting = (name: string): boolean => SCRIPTING.has(name.toUpperCase());

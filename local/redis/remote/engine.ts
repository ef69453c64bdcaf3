import { createHash } from 'node:crypto';
import { Redis } from 'ioredis';
import { z } from 'zod';
import type { Log } from '../../log.ts';
import { RedisError, type RedisEngine, type Reply } from '../reply.ts';
import { withoutForeignFlags } from './shebang.ts';

const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex');

/** What ioredis hands out; statuses come as plain text. */
const rawReply: z.ZodType<Reply> = z.union([
  z.string(),
  z.number(),
  z.null(),
  z.array(z.lazy(() => rawReply)),
]);

/** Scripts known under more than their own sha: ours is the rewritten one's. */
const MAX_ALIASES = 1_000;

/** A Redis server of your own. Scripts written for Upstash are rewritten on their way. */
export class RemoteRedis implements RedisEngine {
  readonly #client: Redis;
  /** The sha a client knows → the sha of what the server got. */
  readonly #aliases = new Map<string, string>();

  constructor(client: Redis) {
    this.#client = client;
  }

  /** @throws Error when the server cannot be reached now. */
  static async connect(url: string, log: Log): Promise<RemoteRedis> {
    const client = new Redis(url, {
      lazyConnect: true,
      // A caller who waits would rather hear at once that the server is gone.
      maxRetriesPerRequest: 0,
      retryStrategy: (attempt) => Math.min(attempt * 100, 2_000),
    });
    client.on('error', (error: Error) =>
      log('warn', 'redis_connection', { reason: error.message }),
    );
    try {
      await client.connect();
    } catch (error) {
      client.disconnect();
      throw error;
    }
    return new RemoteRedis(client);
  }

  async run(words: string[]): Promise<Reply> {
    const [name = '', ...args] = this.#rewrite(words);
    try {
      const reply = rawReply.parse(await this.#client.call(name, ...args));
      return isScriptLoad(words) ? sha1(words[2] ?? '') : reply;
    } catch (error) {
      throw asRedisError(error);
    }
  }

  async transaction(commands: string[][]): Promise<Reply[]> {
    const multi = this.#client.multi();
    for (const words of commands) {
      const [name = '', ...args] = this.#rewrite(words);
      multi.call(name, ...args);
    }
    try {
      const results = await multi.exec();
      if (results === null) throw new RedisError('EXECABORT Transaction discarded.');
      return results.map(([error, reply]) =>
        error === null ? rawReply.parse(reply) : { err: error.message },
      );
    } catch (error) {
      throw asRedisError(error);
    }
  }

  async close(): Promise<void> {
    this.#client.disconnect();
  }

  #rewrite(given: string[]): string[] {
    const upper = (given[0] ?? '').toUpperCase();
    // In upper case, because ioredis reshapes the replies of commands it knows by their lower-case names.
    const words = given.with(0, upper);
    if (upper === 'EVAL' || upper === 'EVAL_RO') return words.with(1, this.#adopt(words[1] ?? ''));
    if (isScriptLoad(words)) return words.with(2, this.#adopt(words[2] ?? ''));
    const from = upper === 'EVALSHA' || upper === 'EVALSHA_RO' ? 1 : undefined;
    const isQuestion = upper === 'SCRIPT' && words[1]?.toUpperCase() === 'EXISTS';
    const firstSha = from ?? (isQuestion ? 2 : words.length);
    const lastSha = from ?? words.length;
    return words.map((word, i) =>
      i >= firstSha && i <= lastSha ? (this.#aliases.get(word.toLowerCase()) ?? word) : word,
    );
  }

  /** @returns the script as the server takes it, remembered under the sha the client knows. */
  #adopt(script: string): string {
    const adopted = withoutForeignFlags(script);
    if (adopted === script) return script;
    const known = sha1(script);
    this.#aliases.delete(known);
    this.#aliases.set(known, sha1(adopted));
    const [oldest] = this.#aliases.keys();
    if (this.#aliases.size > MAX_ALIASES && oldest !== undefined) this.#aliases.delete(oldest);
    return adopted;
  }
}

const isScriptLoad = ([name, action]: string[]): boolean =>
  name?.toUpperCase() === 'SCRIPT' && action?.toUpperCase() === 'LOAD';

/** What the server answered becomes an answer of ours; a lost connection stays what it is. */
function asRedisError(error: unknown): unknown {
  return error instanceof Error && error.name === 'ReplyError'
    ? new RedisError(error.message)
    : error;
}

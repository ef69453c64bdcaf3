import { createHash } from 'node:crypto';
import { Redis } from 'ioredis';
import { z } from 'zod';
import type { Log } from '../log.ts';
import { RedisError, type RedisEngine, type Reply } from './reply.ts';

/** What ioredis hands out; statuses come as plain text. */
const RawReply: z.ZodType<Reply> = z.union([
  z.string(),
  z.number(),
  z.null(),
  z.array(z.lazy(() => RawReply)),
]);

/** A Redis server of your own. Scripts written for Upstash are rewritten on their way. */
export class RemoteRedis implements RedisEngine {
  readonly #client: Redis;
  /** The digest that a client knows a script by → that of what the server got. There are as many as the limiter has scripts. */
  readonly #digests = new Map<string, string>();

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
    const [name = '', script = ''] = words;
    // In upper case, because ioredis reshapes the replies of commands it knows by their lower-case names.
    const command = name.toUpperCase();
    const args = words.slice(1);
    if (command === 'EVAL') args[0] = this.#adopt(script);
    if (command === 'EVALSHA') args[0] = this.#digests.get(script.toLowerCase()) ?? script;
    try {
      return RawReply.parse(await this.#client.call(command, ...args));
    } catch (error) {
      // What the server answered becomes an answer of ours; a lost connection stays what it is.
      const isAnswer = error instanceof Error && error.name === 'ReplyError';
      throw isAnswer ? new RedisError(error.message) : error;
    }
  }

  async close(): Promise<void> {
    this.#client.disconnect();
  }

  /**
   * Upstash's clients begin scripts with `#!lua flags=allow-key-locking`, which Redis refuses. The line stays as a comment,
   * so that line numbers in errors stay right. @returns the script as the server takes it
   */
  #adopt(script: string): string {
    const adopted = script.replace(/^#!lua flags=allow-key-locking/, '--');
    if (adopted !== script) this.#digests.set(sha1(script), sha1(adopted));
    return adopted;
  }
}

const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex');

import { type Log, stderrLog } from '../log.ts';
import { type RedisConfigInput, redisConfigSchema } from './config.ts';
import { openDoor } from './door.ts';
import { EmbeddedRedis } from './embedded/engine.ts';
import { RemoteRedis } from './remote/engine.ts';

export type RunningRedis = {
  /** `http://127.0.0.1:PORT`, for `new Redis({ url, token })`. */
  url: string;
  close: () => Promise<void>;
};

export type RedisDependencies = {
  log?: Log;
  /** ms since the epoch; the embedded store's clock. */
  now?: () => number;
};

/** Starts Upstash's REST protocol over an embedded, durable store, or over the Redis of `redisUrl`. */
export async function startRedis(
  config: RedisConfigInput,
  { log = stderrLog('redis'), now = Date.now }: RedisDependencies = {},
): Promise<RunningRedis> {
  const { port, dataDir, token, redisUrl } = redisConfigSchema.parse(config);
  const engine =
    redisUrl === undefined
      ? EmbeddedRedis.open({ dataDir, now }, log)
      : await RemoteRedis.connect(redisUrl, log);
  try {
    const door = await openDoor(engine, port, token, log);
    log('info', 'redis_ready', {
      url: door.url,
      driver: redisUrl === undefined ? 'embedded' : 'server',
    });
    return {
      url: door.url,
      close: async () => {
        await door.close();
        await engine.close();
      },
    };
  } catch (error) {
    await engine.close();
    throw error;
  }
}

import { type Log, stderrLog } from '../log.ts';
import { type RedisConfigInput, redisConfigSchema } from './config.ts';
import { openDoor } from './door.ts';
import { EmbeddedRedis } from './embedded/engine.ts';
import { RemoteRedis } from './remote.ts';
import type { RunningService } from '../service-process.ts';

/**
 * Starts Upstash's REST protocol, as much of it as Waypost uses, over an embedded, durable store, or over the Redis of
 * `redisUrl`. `now` is the embedded store's clock, in ms since the epoch.
 */
export async function startRedis(
  config: RedisConfigInput,
  { log = stderrLog('redis'), now = Date.now }: { log?: Log; now?: () => number } = {},
): Promise<RunningService> {
  const { port, dataDir, token, redisUrl } = redisConfigSchema.parse(config);
  const engine =
    redisUrl === undefined
      ? EmbeddedRedis.open({ dataDir, now }, log)
      : await RemoteRedis.connect(redisUrl, log);
  const running = await openDoor(engine, port, token, log);
  const driver = redisUrl === undefined ? 'embedded' : 'server';
  log('info', 'redis_ready', { url: running.url, driver });
  return running;
}

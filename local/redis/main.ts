import { runService } from '../service-process.ts';
import { redisConfigSchema } from './config.ts';
import { startRedis } from './server.ts';

await runService(redisConfigSchema, (config) => startRedis(config));

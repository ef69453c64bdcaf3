import { runService } from '../service-process.ts';
import { flyConfigSchema, startFly } from './server.ts';

await runService(flyConfigSchema, (config) => startFly(config));

import { runService } from '../service-process.ts';
import { neonConfigSchema } from './config.ts';
import { startNeon } from './server.ts';

await runService(neonConfigSchema, (config) => startNeon(config));

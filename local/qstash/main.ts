import { runService } from '../service-process.ts';
import { qstashConfigSchema, startQstash } from './server.ts';

await runService(qstashConfigSchema, (config) => startQstash(config));

import { runService } from '../service-process.ts';
import { objectsConfigSchema, startObjects } from './server.ts';

await runService(objectsConfigSchema, (config) => startObjects(config));

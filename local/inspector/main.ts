import { runService } from '../service-process.ts';
import { inspectorConfigSchema, startInspector } from './server.ts';

await runService(inspectorConfigSchema, (config) => startInspector(config));

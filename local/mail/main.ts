import { runService } from '../service-process.ts';
import { mailConfigSchema, startMail } from './server.ts';

await runService(mailConfigSchema, (config) => startMail(config));

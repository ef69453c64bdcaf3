import { runService } from '../service-process.ts';
import { servicesConfigSchema, startServices } from './server.ts';

await runService(servicesConfigSchema, startServices);

import { runService } from '../service-process.ts';
import { EdgeConfig, startEdge } from './server.ts';

await runService(EdgeConfig, startEdge);

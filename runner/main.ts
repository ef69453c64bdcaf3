import { parseEnv } from './env.ts';
import { runRunner } from './run.ts';

await runRunner({ env: parseEnv() });

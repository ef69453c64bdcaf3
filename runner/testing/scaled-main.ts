import { z } from 'zod';
import { parseEnv } from '../env.ts';
import { runRunner } from '../run.ts';
import { SupervisorTiming } from '../supervisor/protocol.ts';

/**
 * The real runner at another pace, for tests of faults. Argument 2: its timing, as JSON. Told a number by its parent, it
 * blocks its event loop for so many ms, which no message from outside can make a runner do.
 */
const Scale = z.object({
  ownership: z.object({ heartbeatMs: z.number(), fenceMarginMs: z.number() }),
  supervision: SupervisorTiming,
});

process.on('message', (message) => {
  if (typeof message !== 'number') return;
  const end = performance.now() + message;
  while (performance.now() < end);
});
await runRunner({ env: parseEnv(), ...Scale.parse(JSON.parse(process.argv[3] ?? '{}')) });

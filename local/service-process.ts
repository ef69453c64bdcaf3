import type { z } from 'zod';
import { readServiceConfig } from './env.ts';

/** What every local service gives back once it answers on loopback; whatever else it tells goes to the launcher too. */
export type RunningService = { url: string; close: () => Promise<void> };

/** Says something to whoever sits at the terminal: the launcher prints what its parts say. */
export function tell(text: string): void {
  process.send?.({ say: text });
  process.stderr.write(`waypost: ${text}\n`);
}

/**
 * Runs one local service as a process of its own: parse config, start, tell the parent, stop on SIGTERM,
 * SIGINT or when the parent is gone (its IPC channel closes), so that nothing outlives the launcher.
 */
export async function runService<S extends z.ZodType>(
  schema: S,
  start: (config: z.infer<S>) => Promise<RunningService>,
): Promise<void> {
  const service = await start(readServiceConfig(schema));
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    service.close().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`stop failed: ${String(error)}\n`);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('disconnect', stop);
  const { close: _close, ...facts } = service;
  process.send?.({ ready: true, ...facts });
}

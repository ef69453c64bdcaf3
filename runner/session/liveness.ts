import type { Clock } from '../clock.ts';
import { withDeadline } from '../deadline.ts';

export type LivenessTiming = { everyMs: number; deadlineMs: number; failures: number };

export const LIVENESS: LivenessTiming = { everyMs: 15_000, deadlineMs: 10_000, failures: 3 };

/**
 * Pings until `failures` pings in a row were not answered in time, then calls `onDead` once. A crashed or frozen page
 * reports nothing by itself, so this is the only way to notice.
 * @returns a function that ends the watch
 */
export function watchLiveness(options: {
  clock: Clock;
  timing: LivenessTiming;
  ping: (deadlineMs: number) => Promise<unknown>;
  onDead: (detail: string) => void;
}): () => void {
  const { clock, timing, ping, onDead } = options;
  let stopped = false;
  let failed = 0;
  let cancel = (): void => undefined;

  const again = (): void => {
    if (!stopped) cancel = clock.after(timing.everyMs, once);
  };
  const once = (): void => {
    withDeadline(ping(timing.deadlineMs), timing.deadlineMs, 'ping', clock).then(
      () => {
        failed = 0;
        again();
      },
      (error: unknown) => {
        failed += 1;
        if (stopped) return;
        if (failed < timing.failures) return again();
        stopped = true;
        onDead(
          `${failed} pings without an answer: ${error instanceof Error ? error.message : String(error)}`,
        );
      },
    );
  };

  again();
  return () => {
    stopped = true;
    cancel();
  };
}

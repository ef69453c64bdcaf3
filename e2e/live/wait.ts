import { until } from '../testing/until.ts';

/**
 * `until`, which ends at once when the walk is stopped.
 * @throws the signal's reason, or Error when the time is over
 */
export async function waitFor<T>(
  signal: AbortSignal,
  what: string,
  ask: () => Promise<T | undefined>,
  withinMs: number,
): Promise<T> {
  const found = await until(
    what,
    async () => {
      if (signal.aborted) return { stopped: true as const };
      const value = await ask();
      return value === undefined ? undefined : { stopped: false as const, value };
    },
    withinMs,
  );
  if (found.stopped) throw signal.reason;
  return found.value;
}

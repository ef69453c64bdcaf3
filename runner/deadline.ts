import { systemClock, type Clock } from './clock.ts';

export class DeadlineError extends Error {
  override name = 'DeadlineError';
}

/**
 * Settles as `work` does, or rejects with a DeadlineError after `ms` of `clock`. The work itself is not stopped.
 * @param what names the work in the error's message
 */
export async function withDeadline<T>(
  work: Promise<T>,
  ms: number,
  what: string,
  clock: Clock = systemClock,
): Promise<T> {
  const expired = Promise.withResolvers<never>();
  const cancel = clock.after(ms, () =>
    expired.reject(new DeadlineError(`${what} took over ${ms} ms`)),
  );
  try {
    return await Promise.race([work, expired.promise]);
  } finally {
    cancel();
  }
}

import { LIMITS } from '../../shared/catalogue/limits.ts';
import { AppError } from '../../shared/errors.ts';

export const MAX_WAIT_SECONDS = LIMITS.waitSeconds.limit;

/**
 * How long a caller is ready to wait, in milliseconds, from the `Prefer` header (RFC 7240): `wait=N` waits up to N
 * seconds, at most 60; `respond-async` alone, or no header, does not wait. With both, `wait` is how long until
 * the answer becomes asynchronous.
 * @throws AppError VALIDATION_ERROR for a wait that is not a whole number of seconds
 */
export function readWaitMs(prefer: string | undefined): number {
  if (prefer === undefined) return 0;
  for (const preference of prefer.split(/[,;]/)) {
    const [name = '', value = ''] = preference.split('=').map((part) => part.trim());
    if (name.toLowerCase() !== 'wait') continue;
    const seconds = /^"?(\d{1,6})"?$/.exec(value)?.[1];
    if (seconds === undefined) throw badWait();
    return Math.min(Number(seconds), MAX_WAIT_SECONDS) * 1000;
  }
  return 0;
}

const badWait = (): AppError =>
  new AppError('VALIDATION_ERROR', 'headers.prefer: wait must be a whole number of seconds', {
    fields: [{ in: 'headers', field: 'prefer', message: 'wait must be a whole number of seconds' }],
  });

import type { Services } from '../../context.ts';
import { describeError } from '../../log/describe-error.ts';
import type { Probe } from '../../values/readiness.ts';

/** Longer than any of them takes when it is well. */
export const PROBE_TIMEOUT_MS = 2_000;

/** Does the work within a time limit, and says whether it succeeded. Why not is in the log alone. */
export async function probe(
  ctx: Services,
  dependency: string,
  work: (signal: AbortSignal) => Promise<unknown>,
): Promise<Probe> {
  const startedAt = ctx.now();
  const signal = AbortSignal.timeout(PROBE_TIMEOUT_MS);
  const tooLate = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('timeout')), { once: true });
  });
  try {
    await Promise.race([work(signal), tooLate]);
    return { status: 'up', durationMs: ctx.now() - startedAt };
  } catch (error) {
    ctx.log({ event: 'dependency_down', dependency, ...describeError(error) });
    return { status: 'down', durationMs: ctx.now() - startedAt };
  }
}

/** @throws Error when the answer is no success and not the other status that means the same */
export async function expectOk(response: Promise<Response>, also?: number): Promise<void> {
  const { ok, status, body } = await response;
  await body?.cancel();
  if (!ok && status !== also) throw new Error(`answered ${status}`);
}

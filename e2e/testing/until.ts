/**
 * Asks again until the answer is there; the way to wait for what sends no event.
 * @throws Error naming what was waited for, and the last failure, when the time is over
 */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined>,
  withinMs = 30_000,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  let last = '';
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
    } catch (error) {
      last = error instanceof Error ? ` (last: ${error.message})` : ' (failed)';
    }
    if (Date.now() > deadline) throw new Error(`waited ${withinMs} ms for ${what}${last}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/**
 * Waits until so much of a rate limit's window is left: windows begin by the clock, and what one test counts must not fall
 * into two.
 */
export async function wholeWindow({
  windowSeconds,
  neededSeconds,
}: {
  windowSeconds: number;
  neededSeconds: number;
}): Promise<void> {
  const windowMs = windowSeconds * 1_000;
  const leftMs = windowMs - (Date.now() % windowMs);
  if (leftMs < neededSeconds * 1_000) await scheduler.wait(leftMs);
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { SignedCall } from './protocol.ts';

export type LastWord = { dataDir: string; request: SignedCall | null };

const TRIES = 3;
const TRY_MS = 3_000;
const PAUSE_MS = 500;

/**
 * Reports to the edge, best effort, that the runner is gone; otherwise its leases would have to expire first. Not when the
 * runner's next boot is there already. Never rejects.
 */
export async function sendLastWord(
  { dataDir, request }: LastWord,
  nextBootMs: number,
  log: (event: string, entry: object) => void,
): Promise<void> {
  if (request === null) return;
  const { url, headers, body } = request;
  await sleep(nextBootMs);
  if (await hasNextBoot(dataDir)) return log('supervisor.next_boot_is_there', {});
  for (let tried = 1; tried <= TRIES; tried += 1) {
    try {
      const signal = AbortSignal.timeout(TRY_MS);
      const { status } = await fetch(url, { method: 'POST', headers, body, signal });
      return log('supervisor.death_told', { status });
    } catch (error) {
      log('supervisor.death_not_told', { tried, error: String(error) });
    }
    await sleep(PAUSE_MS);
  }
}

async function hasNextBoot(dataDir: string): Promise<boolean> {
  try {
    // Loaded only here: SQLite's memory would be wasted until then.
    const { isLocked } = await import('../storage/directory-lock.ts');
    return isLocked(dataDir);
  } catch {
    return false; // a disk that cannot be read has no boot on it
  }
}

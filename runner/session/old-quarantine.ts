import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';

/** Long enough for somebody to notice that a session was logged out by mistake. */
const KEPT_MS = 7 * 24 * 3_600_000;
const EVERY_MS = 24 * 3_600_000;
/** A profile has thousands of files: not too many at a time. */
const AT_ONCE = 20;
const SET_ASIDE = /^(?:quarantined-profile$|profile\.quarantine-)/;

/** Deletes profiles that were set aside over 7 days before `now` (Unix ms), the oldest first, 20 at most. @returns how many */
export async function deleteOldQuarantine(dataDir: string, now: number): Promise<number> {
  const found: { path: string; since: number }[] = [];
  for (const sessionId of await entriesOf(join(dataDir, 'sessions'))) {
    const folder = join(dataDir, 'sessions', sessionId);
    for (const name of await entriesOf(folder)) {
      if (!SET_ASIDE.test(name)) continue;
      const path = join(folder, name);
      // The change time of a directory is when it was renamed. Its session may be deleted meanwhile.
      const known = await stat(path).catch(() => null);
      if (known !== null) found.push({ path, since: known.ctimeMs });
    }
  }
  const old = found
    .filter(({ since }) => now - since > KEPT_MS)
    .toSorted((a, b) => a.since - b.since)
    .slice(0, AT_ONCE);
  for (const { path } of old) await rm(path, { recursive: true, force: true });
  return old.length;
}

/** Does it now and daily. @returns ends it */
export function keepQuarantineShort(deps: { dataDir: string; clock: Clock; log: Log }): () => void {
  const { dataDir, clock, log } = deps;
  let stopped = false;
  let cancel = (): void => undefined;
  const once = (): void => {
    deleteOldQuarantine(dataDir, clock.now())
      .then(
        (deleted) => {
          if (deleted > 0) log.info('quarantine.deleted', { profiles: deleted });
        },
        (error: unknown) => log.warn('quarantine.failed', { error }),
      )
      .finally(() => {
        if (!stopped) cancel = clock.after(EVERY_MS, once);
      })
      .catch(() => undefined);
  };
  once();
  return () => {
    stopped = true;
    cancel();
  };
}

async function entriesOf(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch {
    return [];
  }
}

import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, pause } from './deadline.ts';

const FILE = 'waypost-last-online';
const DAY_MS = 86_400_000;
/** Clocks of WhatsApp and of this machine differ. */
const MARGIN_MS = 120_000;

/** Notes in the profile now and then that the session is online, until it is closed. */
export async function keepOnlineMark(input: {
  profileDir: string;
  everyMs: number;
  now: () => number;
  open: () => boolean;
  online: () => boolean;
  onError: (detail: string) => void;
}): Promise<void> {
  while (input.open()) {
    if (input.online()) {
      try {
        await writeFile(join(input.profileDir, FILE), String(input.now()));
      } catch (error) {
        input.onError(describe(error));
      }
    }
    await pause(input.everyMs);
  }
}

/**
 * From when on messages may have been missed: since we were last online, a day ago at most.
 * A profile without the mark came from a snapshot, and may have missed anything.
 * @returns Unix ms
 */
export async function missedSince(profileDir: string, now: number): Promise<number> {
  const marked = await stat(join(profileDir, FILE)).then(
    (found) => found.mtimeMs,
    () => 0,
  );
  return Math.max(marked - MARGIN_MS, now - DAY_MS);
}

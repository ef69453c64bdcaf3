import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe } from '../describe-error.ts';
import { pause } from '../wait.ts';

const FILE = 'waypost-last-online';
/** What is older than this is not looked for. */
export const OLDEST_MS = 86_400_000;
/** Clocks of WhatsApp and of this machine differ, and the last facts may not have been reported. */
export const MARGIN_MS = 120_000;

/**
 * Notes in the profile now and then, until the session is closed, up to when everything that came is reported.
 * @param upTo Unix ms; null while something may have been missed
 */
export async function keepOnlineMark(input: {
  profileDir: string;
  everyMs: number;
  open: () => boolean;
  upTo: () => number | null;
  onError: (detail: string) => void;
}): Promise<void> {
  while (input.open()) {
    const upTo = input.upTo();
    if (upTo !== null) {
      try {
        await writeFile(join(input.profileDir, FILE), String(upTo));
      } catch (error) {
        input.onError(describe(error));
      }
    }
    await pause(input.everyMs);
  }
}

/**
 * From when on messages may have been missed: since the mark, a day ago at most.
 * A profile without the mark came from a snapshot, and may have missed anything.
 * @returns Unix ms
 */
export async function missedSince(profileDir: string, now: number): Promise<number> {
  const text = await readFile(join(profileDir, FILE), 'utf8').catch(() => '');
  const marked = Number(text);
  return Math.max(Number.isFinite(marked) ? marked - MARGIN_MS : 0, now - OLDEST_MS);
}

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Deployment } from './deployment.ts';

const Entry = z.looseObject({ time: z.iso.datetime(), event: z.string() });
export type LogEntry = z.infer<typeof Entry> & { at: number };

/** What a runner of the deployment has logged since a moment (Unix ms). */
export async function runnerLog(
  { directory }: Deployment,
  runnerId: string,
  since = 0,
): Promise<LogEntry[]> {
  const text = await readFile(join(directory, 'logs', `${runnerId}.log`), 'utf8');
  return text.split('\n').flatMap((line) => {
    const entry = Entry.safeParse(line.startsWith('{') ? JSON.parse(line) : null).data;
    const at = Date.parse(entry?.time ?? '');
    return entry !== undefined && at >= since ? [{ ...entry, at }] : [];
  });
}

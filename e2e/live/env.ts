import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const Env = z.object({
  WAYPOST_URL: z.url().optional(),
  WAYPOST_API_KEY: z.string().min(1).optional(),
  WAYPOST_DIR: z.string().default('.waypost'),
});
const Local = z.object({ apiUrl: z.url(), apiKey: z.string() });

/**
 * The Waypost to call, and a key of it: `WAYPOST_URL` and `WAYPOST_API_KEY`, by default those of the one that runs here.
 * @throws Error that says what to set
 */
export async function readTarget(): Promise<{ url: string; key: string }> {
  const { WAYPOST_URL: url, WAYPOST_API_KEY: key, WAYPOST_DIR } = Env.parse(process.env);
  if (url !== undefined && key !== undefined) return { url, key };
  const file = join(WAYPOST_DIR, 'local.json');
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined || url !== undefined)
    throw new Error('Run `npm start` here, or set WAYPOST_URL and WAYPOST_API_KEY.');
  const local = Local.parse(JSON.parse(text));
  return { url: local.apiUrl, key: key ?? local.apiKey };
}

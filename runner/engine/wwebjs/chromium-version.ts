import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const ASK_MS = 5_000;

/** The version of a Chromium, such as `156.0.8078.79`, or null when it does not say. */
export async function chromiumVersion(path: string): Promise<string | null> {
  try {
    const { stdout } = await promisify(execFile)(path, ['--version'], { timeout: ASK_MS });
    return /\d+\.\d+\.\d+\.\d+/.exec(stdout)?.[0] ?? null;
  } catch {
    // A path that cannot be run fails the launch that follows, which says why.
    return null;
  }
}

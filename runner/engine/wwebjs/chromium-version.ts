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

/** The major version of the Chromium at `path`; null when there is none or it does not say. */
export async function chromiumMajor(path: string | null): Promise<number | null> {
  const version = path === null ? null : await chromiumVersion(path);
  return version === null ? null : Number.parseInt(version, 10);
}

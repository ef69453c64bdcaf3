import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { dirname, join } from 'node:path';
import { build, type Plugin } from 'esbuild';

const ENTRY = fileURLToPath(new URL('./child.ts', import.meta.url));

/**
 * What a session never uses of its libraries: another browser protocol, downloads of browsers through proxies, archives for
 * the library's own way of keeping profiles. Loading them doubles the process.
 */
const LEFT_OUT = [
  'chromium-bidi',
  'proxy-agent',
  'extract-zip',
  'tar-fs',
  'yargs',
  'unzipper',
  'archiver',
  'fs-extra',
];

const leaveOut: Plugin = {
  name: 'leave-out',
  setup: (bundler) => {
    bundler.onResolve({ filter: new RegExp(`^(?:${LEFT_OUT.join('|')})(?:/|$)`) }, ({ path }) => ({
      path,
      namespace: 'left-out',
    }));
    bundler.onLoad({ filter: /.*/, namespace: 'left-out' }, ({ path }) => ({
      contents: `module.exports = function leftOut() { throw new Error(${JSON.stringify(
        `${path} is left out of a session's process; see runner/engine/process/bundle.ts`,
      )}); };`,
    }));
  },
};

/**
 * Puts the code of a session's process into one JavaScript file: loaded from there it takes about 40 MiB, and 76 from its
 * sources, most of which is the loader's and the TypeScript stripper's. Names stay: functions travel to the page as text.
 * @returns the file's path
 */
export async function bundleSessionProcess(directory: string): Promise<string> {
  const outfile = join(directory, 'session-process.cjs');
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await build({
    entryPoints: [ENTRY],
    // Where aliases are resolved: whoever starts a runner may do so from anywhere.
    absWorkingDir: dirname(ENTRY),
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    minifyWhitespace: true,
    target: 'node24',
    // Puppeteer's other half finds and downloads browsers; which browser is ours to say.
    alias: { puppeteer: 'puppeteer-core' },
    plugins: [leaveOut],
    logLevel: 'error',
    logOverride: { 'empty-import-meta': 'silent' },
  });
  return outfile;
}

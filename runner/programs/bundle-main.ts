import { fileURLToPath } from 'node:url';
import { dirname } from 'node:path';
import { build, type Plugin } from 'esbuild';

/** Writes the programs that `bundlePrograms` names into the folder given as its argument; see there. */
const SESSION = fileURLToPath(new URL('../engine/process/child.ts', import.meta.url));
const SUPERVISOR = fileURLToPath(new URL('../supervisor/main.ts', import.meta.url));

/**
 * What a session never uses of its libraries: another browser protocol, downloads of browsers through proxies, archives for
 * the library's own way of keeping profiles, fetching media by URL, making stickers. Loading them doubles the process.
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
  'node-fetch',
  'node-webpmux',
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
        `${path} is left out of this process; see runner/programs/bundle-main.ts`,
      )}); };`,
    }));
  },
};

const [, , outdir] = process.argv;
if (outdir === undefined) throw new Error('give the folder to write to');
await build({
  entryPoints: { 'session-process': SESSION, supervisor: SUPERVISOR },
  // Where aliases are resolved: a runner may be started from anywhere.
  absWorkingDir: dirname(SESSION),
  outdir,
  outExtension: { '.js': '.cjs' },
  bundle: true,
  platform: 'node',
  format: 'cjs',
  // Names stay: functions travel to the page as text.
  minifyWhitespace: true,
  target: 'node24',
  // Puppeteer's other half finds and downloads browsers, which the runner does by itself.
  alias: { puppeteer: 'puppeteer-core' },
  plugins: [leaveOut],
  logLevel: 'error',
  logOverride: { 'empty-import-meta': 'silent' },
});

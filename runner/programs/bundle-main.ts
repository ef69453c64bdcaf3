import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type BuildOptions, type Plugin } from 'esbuild';

/**
 * Writes the programs of a runner into the folder given as its argument: a session's process and the supervisor, which every
 * runner needs; with `--all` also the runner itself and the sandbox, for those who start a runner from the same folder.
 */
const SESSION = fileURLToPath(new URL('../engine/process/child.ts', import.meta.url));
const RUNNER = fileURLToPath(new URL('../main.ts', import.meta.url));
const SANDBOX = fileURLToPath(new URL('../sandbox/main.ts', import.meta.url));
const STACKS = fileURLToPath(new URL('../../shared/node/readable-stacks.ts', import.meta.url));
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

/** What a module finds beside its source, it finds there from a bundle too. */
const sourceUrls: Plugin = {
  name: 'source-urls',
  setup: (bundler) => {
    bundler.onLoad({ filter: /\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll(
        'import.meta.url',
        JSON.stringify(pathToFileURL(path).href),
      ),
      loader: 'ts',
    }));
  },
};

const [, , outdir, all] = process.argv;
if (outdir === undefined) throw new Error('give the folder to write to');
const shared: BuildOptions = {
  inject: [STACKS],
  // Where aliases are resolved is elsewhere.
  outdir: resolve(outdir),
  // Where aliases are resolved: a runner may be started from anywhere.
  absWorkingDir: dirname(SESSION),
  bundle: true,
  platform: 'node',
  // Names stay: functions travel to the page as text.
  minifyWhitespace: true,
  lineLimit: 160,
  target: 'node24',
  sourcemap: 'external',
  sourcesContent: false,
  logLevel: 'error',
};
if (all === '--all')
  await build({
    ...shared,
    entryPoints: { runner: RUNNER, sandbox: SANDBOX },
    outExtension: { '.js': '.mjs' },
    format: 'esm',
    // Packages in CommonJS ask for Node's own modules by `require`.
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
    },
    plugins: [sourceUrls],
    // Loaded where they are, and seldom: one bundles the sandbox's page, the other looks for a browser that it downloaded.
    external: ['esbuild', 'puppeteer'],
  });
await build({
  ...shared,
  entryPoints: { 'session-process': SESSION, supervisor: SUPERVISOR },
  outExtension: { '.js': '.cjs' },
  format: 'cjs',
  // Puppeteer's other half finds and downloads browsers, which the runner does by itself.
  alias: { puppeteer: 'puppeteer-core' },
  plugins: [leaveOut],
  logOverride: { 'empty-import-meta': 'silent' },
});

// Gets a fresh clone ready to run, with plain Node and no dependencies: npm packages, ffmpeg, then a Chromium.
// Says what it does, shows the tools' own progress, and is quick when there is nothing to do.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
/** The Node that every script runs on, whatever the machine has: the `node` npm package, pinned in package.json. */
export const pinnedNode = join(root, 'node_modules', 'node', 'bin', 'node');

const MINIMUM_NODE = 20;
const stampFile = join(root, 'node_modules', '.waypost-installed');
const say = (text) => process.stderr.write(`waypost: ${text}\n`);

/** Runs a command with its output shown; true when it exits 0. */
function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], ...options });
  return result.status === 0;
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // not there or not ours to run: the next candidate is tried
  }
}

function onPath(name) {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

function ensureNodeVersion() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major >= MINIMUM_NODE) return;
  say(
    `Node ${MINIMUM_NODE} or newer is needed; this is ${process.versions.node}. Install one from https://nodejs.org.`,
  );
  process.exit(1);
}

function ensurePackages() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const installed = existsSync(stampFile) && readFileSync(stampFile, 'utf8') === lock;
  if (installed && isExecutable(pinnedNode)) return;
  say('installing npm packages (once; about half a minute) …');
  if (!run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'])) {
    say(
      'npm ci failed; its message is above. Check the network or the registry in your .npmrc, then run this again.',
    );
    process.exit(1);
  }
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  writeFileSync(stampFile, lock);
}

/**
 * The headless shell first: the same engine without the window's machinery, in half the memory (docs/decisions/0007). Debian's
 * is named by its binary, since the script in front of it stays alive as a shell of its own.
 */
const CHROMIUM_NAMES = [
  'chrome-headless-shell',
  'chromium',
  'chromium-browser',
  'google-chrome-stable',
  'google-chrome',
  'chrome',
];
const SHELL_PLACES = [
  '/usr/lib/chromium/chromium-headless-shell',
  '/usr/lib64/chromium-browser/headless_shell',
];
const CHROMIUM_PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

function findChromium() {
  const named = process.env.PUPPETEER_EXECUTABLE_PATH;
  if (named !== undefined && named !== '') return named;
  const shell = SHELL_PLACES.find(isExecutable);
  if (shell !== undefined) return shell;
  for (const name of CHROMIUM_NAMES) {
    const found = onPath(name);
    if (found !== undefined) return found;
  }
  return CHROMIUM_PLACES.find(isExecutable) ?? findDownloaded();
}

/** Puppeteer's own download, if one was made before. */
function findDownloaded() {
  const script =
    "import('puppeteer').then((p) => process.stdout.write(p.default.executablePath({ headless: 'shell' })))";
  const result = spawnSync(pinnedNode, ['-e', script], { cwd: root, encoding: 'utf8' });
  return result.status === 0 && isExecutable(result.stdout) ? result.stdout : undefined;
}

/** Package managers: what readies them, how they install, and what their packages are called, the first that exists. */
const MANAGERS = [
  {
    name: 'apt-get',
    ready: ['update', '-qq'],
    install: ['install', '-y', '-qq', '--no-install-recommends'],
    chromium: ['chromium-headless-shell', 'chromium'],
  },
  {
    name: 'dnf',
    install: ['install', '-y'],
    chromium: ['chromium-headless', 'chromium'],
  },
  { name: 'apk', install: ['add', '--no-cache'], chromium: ['chromium'] },
  { name: 'pacman', install: ['-Sy', '--noconfirm'], chromium: ['chromium'] },
];

/** @returns whether the system's package manager has installed it */
function installBySystem(what, packagesOf) {
  const isRoot = process.getuid?.() === 0;
  const prefix = isRoot ? [] : ['sudo', '-n'];
  const maySudo =
    isRoot || (onPath('sudo') !== undefined && spawnSync('sudo', ['-n', 'true']).status === 0);
  const manager = MANAGERS.find(({ name }) => onPath(name) !== undefined);
  if (manager === undefined || !maySudo) {
    say(`no ${what} found, and no package manager may be used`);
    return false;
  }
  const { name, ready, install } = manager;
  const manage = (args) => {
    const [command, ...rest] = [...prefix, name, ...args];
    return run(command, rest, { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
  };
  say(`no ${what} found; installing one with ${name} (once; a minute or two) …`);
  if (ready !== undefined) manage(ready);
  if (packagesOf(manager).some((each) => manage([...install, each]))) return true;
  say(`${name} could not install ${what}`);
  return false;
}

function installChromium() {
  if (installBySystem('Chromium', ({ chromium }) => chromium)) return;
  say("trying puppeteer's own download …");
  run(pinnedNode, [
    join('node_modules', 'puppeteer', 'lib', 'cjs', 'puppeteer', 'node', 'cli.js'),
    'browsers',
    'install',
    'chrome-headless-shell',
  ]);
}

function ensureChromium() {
  const found = findChromium();
  if (found !== undefined) return found;
  installChromium();
  const installed = findChromium();
  if (installed !== undefined) return installed;
  say(
    'no Chromium could be found or installed. Install Chromium or Chrome, or set PUPPETEER_EXECUTABLE_PATH to one, then run this again.',
  );
  return process.exit(1);
}

/** Without it everything runs but what has to be converted: voice messages and stickers. */
function ensureFfmpeg() {
  if (process.env.FFMPEG_PATH || onPath('ffmpeg') !== undefined) return;
  if (installBySystem('ffmpeg', () => ['ffmpeg'])) return;
  say('voice messages and stickers need ffmpeg: install it, or set FFMPEG_PATH to one.');
}

/** @returns where Chromium is, once Node, packages, ffmpeg and Chromium are there; ends the process when one is not to be had */
export function bootstrap({ chromium }) {
  ensureNodeVersion();
  ensurePackages();
  if (!chromium) return {};
  ensureFfmpeg();
  return { chromiumPath: ensureChromium() };
}

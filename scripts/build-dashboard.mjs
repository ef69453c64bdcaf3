// Builds the dashboard into the Worker's static assets. The build is kept for each state of the sources.
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

const root = join(import.meta.dirname, '..');
const sources = join(root, 'edge', 'dashboard');
const assets = join(root, 'edge', 'dist', 'assets');
const cache = join(root, 'node_modules', '.cache', 'waypost');
const FIRST_LOAD_LIMIT_KIB = 200;
const PART = 'dashboard-assets';

function stateOfSources() {
  const hash = createHash('sha256');
  const files = readdirSync(sources, { recursive: true })
    .filter((name) => !/^dist\b|\.test\.ts$/.test(name))
    .map((name) => join(sources, name))
    .filter((file) => statSync(file).isFile())
    .toSorted((one, other) => (one < other ? -1 : 1));
  for (const file of [...files, join(root, 'package-lock.json'), import.meta.filename])
    hash.update(file).update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}

/** What a browser fetches before it shows anything, in KiB of gzip. */
function firstLoadKib(folder) {
  const page = readFileSync(join(folder, 'index.html'), 'utf8');
  const files = [...page.matchAll(/(?:src|href)="\.\/(dashboard-assets\/[^"]+)"/g)].map(
    ([, f]) => f,
  );
  if (files.length === 0) throw new Error('the page names no file of its own');
  const sizes = files.map((file) => gzipSync(readFileSync(join(folder, file))).length);
  return (gzipSync(page).length + sizes.reduce((sum, size) => sum + size, 0)) / 1024;
}

async function buildInto(folder) {
  const { build } = await import('vite');
  const draft = `${folder}.${process.pid}`;
  await build({
    configFile: join(sources, 'vite.config.ts'),
    logLevel: 'warn',
    build: { outDir: draft, emptyOutDir: true },
  });
  const kib = firstLoadKib(draft);
  process.stdout.write(`dashboard: ${kib.toFixed(0)} KiB first load\n`);
  if (kib > FIRST_LOAD_LIMIT_KIB)
    throw new Error(`the dashboard's first load is over ${FIRST_LOAD_LIMIT_KIB} KiB`);
  try {
    renameSync(draft, folder);
  } catch (error) {
    // Another start built the same state meanwhile.
    if (!existsSync(folder)) throw error;
    rmSync(draft, { recursive: true });
  }
}

/** Other stacks may serve these files now: each is there whole, and the page last. */
function publish(folder) {
  const target = join(assets, PART);
  mkdirSync(target, { recursive: true });
  const parts = readdirSync(join(folder, PART));
  const files = [...parts.map((name) => join(PART, name)), 'index.html'];
  for (const file of files) {
    const to = join(target, file === 'index.html' ? file : file.slice(PART.length + 1));
    const draft = join(dirname(to), `.${process.pid}.draft`);
    copyFileSync(join(folder, file), draft);
    renameSync(draft, to);
  }
  const wanted = new Set([...parts, 'index.html']);
  for (const name of readdirSync(target))
    if (!wanted.has(name) && !name.endsWith('.draft')) rmSync(join(target, name), { force: true });
}

const folder = join(cache, `dashboard-${stateOfSources()}`);
if (!existsSync(folder)) await buildInto(folder);
publish(folder);

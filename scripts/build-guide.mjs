// Builds the guide into the Worker's static assets: a page for each file of docs/, the reference of the API, and their search.
// The build is kept for each state of the sources.
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';

const root = join(import.meta.dirname, '..');
const assets = join(root, 'edge', 'dist', 'assets');
const cache = join(root, 'node_modules', '.cache', 'waypost');
/** Text of all of them stands on pages, or decides how it looks there. */
const SOURCES = ['docs', 'edge', 'shared', 'scripts/guide'];
const SOURCE = /\.(?:ts|js|mjs|css|md|json|png)$/;
const NONE = /^dist\b|^dashboard\/(?!api\/)|\.test\.ts$/;
const PARTS = ['guide', 'guide-assets'];

/** Without a look at each: another start may be publishing there, and its drafts come and go. */
const filesIn = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));

function stateOfSources() {
  const files = SOURCES.flatMap((name) =>
    filesIn(join(root, name))
      .filter((file) => SOURCE.test(file) && !NONE.test(file))
      .map((file) => join(root, name, file)),
  ).toSorted((one, other) => (one < other ? -1 : 1));
  const hash = createHash('sha256');
  for (const file of [...files, join(root, 'package-lock.json'), import.meta.filename])
    hash.update(file.slice(root.length)).update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}

async function buildInto(folder) {
  const { guideFiles } = await import('./guide/site.mjs');
  const draft = `${folder}.${process.pid}`;
  for (const [name, content] of await guideFiles()) {
    const file = join(draft, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  try {
    renameSync(draft, folder);
  } catch (error) {
    // Another start built the same state meanwhile.
    if (!existsSync(folder)) throw error;
    rmSync(draft, { recursive: true });
  }
}

/** Other stacks may serve these files now: each is there whole. */
function publish(folder) {
  const wanted = new Set(filesIn(folder));
  for (const name of wanted) {
    const to = join(assets, name);
    mkdirSync(dirname(to), { recursive: true });
    const draft = `${to}.${process.pid}.draft`;
    copyFileSync(join(folder, name), draft);
    renameSync(draft, to);
  }
  for (const part of PARTS)
    for (const name of filesIn(join(assets, part)))
      if (!wanted.has(join(part, name)) && !name.endsWith('.draft'))
        rmSync(join(assets, part, name), { force: true });
}

const folder = join(cache, `guide-${stateOfSources()}`);
if (!existsSync(folder)) await buildInto(folder);
publish(folder);

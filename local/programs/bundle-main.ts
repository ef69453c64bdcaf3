import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { listProcesses } from '../processes.ts';

/**
 * Writes what `npm start` runs into the folder given as its argument, a JavaScript file each: from its sources each process
 * takes some 20 to 40 MiB more, most of which is the TypeScript stripper's and the module loader's. The folder is there whole
 * or not at all. Folders beside it that nothing runs from are removed.
 */
const root = fileURLToPath(new URL('../..', import.meta.url));
const [, , folder] = process.argv;
if (folder === undefined) throw new Error('give the folder to write to');

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

const draft = `${folder}.${process.pid}`;
await build({
  entryPoints: Object.fromEntries(
    ['launcher', 'services', 'edge', 'fly'].map((name) => [
      name,
      join(root, 'local', name, 'main.ts'),
    ]),
  ),
  inject: [join(root, 'shared/node/readable-stacks.ts')],
  outdir: draft,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  minifyWhitespace: true,
  lineLimit: 160,
  sourcemap: 'external',
  sourcesContent: false,
  // Packages in CommonJS ask for Node's own modules by `require`.
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
  },
  plugins: [sourceUrls],
  external: ['esbuild', 'workerd', 'pg-native'],
  logLevel: 'error',
});
execFileSync(process.execPath, [join(root, 'runner/programs/bundle-main.ts'), draft, '--all']);
try {
  renameSync(draft, folder);
} catch (error) {
  if (!existsSync(folder)) throw error;
  rmSync(draft, { recursive: true }); // another start was faster
}

const running = listProcesses().map(({ command }) => command);
for (const name of readdirSync(dirname(folder))) {
  const other = join(dirname(folder), name.replace(/\.\d+$/, ''));
  if (other !== folder && !running.some((command) => command.includes(other)))
    rmSync(join(dirname(folder), name), { recursive: true, force: true });
}
// The bundler's service would keep this process.
process.exit();

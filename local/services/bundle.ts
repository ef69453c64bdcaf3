import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, stop } from 'esbuild';

/**
 * Writes the services' program into one file: from their sources it takes 40 MiB more, most of which is the TypeScript
 * stripper's and the module loader's.
 * @returns the file's path
 */
export async function bundleServices(directory: string): Promise<string> {
  const outfile = join(directory, 'services.mjs');
  const source = new URL('main.ts', import.meta.url);
  await build({
    entryPoints: [fileURLToPath(source)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    minifyWhitespace: true,
    // Packages in CommonJS ask for Node's own modules by `require`.
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
    },
    // What is looked for at run time is found where the sources are: the database's programs, in a package of the platform.
    define: { 'import.meta.url': JSON.stringify(source.href) },
    external: ['pg-native'],
    logLevel: 'error',
  });
  // Its service would stay beside this process.
  await stop();
  return outfile;
}

import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Bundles page/main.ts into the one script the simulated page loads. */
export async function buildPage(): Promise<string> {
  const result = await build({
    entryPoints: [fileURLToPath(new URL('page/main.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'chrome120',
    legalComments: 'none',
    logLevel: 'silent',
  });
  const [script] = result.outputFiles;
  if (script === undefined) throw new Error('esbuild wrote no page script');
  return script.text;
}

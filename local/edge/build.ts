import { spawn } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Bundles the Worker with wrangler, as a deploy would, into `outDir`.
 * @returns the file of the main module
 * @throws Error with wrangler's own words when the bundle fails
 */
export async function buildWorker(outDir: string): Promise<string> {
  const wrangler = spawn(
    process.execPath,
    [
      join(root, 'node_modules/wrangler/bin/wrangler.js'),
      'deploy',
      '--dry-run',
      '--outdir',
      outDir,
    ],
    { cwd: root, env: buildEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  wrangler.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  wrangler.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => wrangler.on('close', resolve));
  if (code !== 0) throw new Error(`wrangler could not bundle the Worker:\n${output}`);
  return join(outDir, 'worker.js');
}

/** wrangler must neither phone home nor pick up an account of the person who runs this. */
function buildEnvironment(): NodeJS.ProcessEnv {
  return {
    WRANGLER_SEND_METRICS: 'false',
    CLOUDFLARE_CF_FETCH_ENABLED: 'false',
    PATH: [dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(delimiter),
    HOME: join(root, '.waypost'),
  };
}

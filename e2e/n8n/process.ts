import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inheritedEnvironment } from '../testing/env.ts';
import { freePort } from '../testing/free-port.ts';
import { N8N } from './install.ts';

const READY_WITHIN_MS = 180_000;
const run = promisify(execFile);

/** An n8n with a data folder of its own. */
export type N8n = {
  url: string;
  /** `n8n import:workflow` and `n8n import:credentials`, each with a file of these. */
  importAll: (what: 'workflow' | 'credentials', rows: readonly object[]) => Promise<void>;
  /** A command of n8n's own CLI; what it prints. @throws Error with all of that when it fails */
  command: (...args: string[]) => Promise<string>;
  /** Resolves when the published flows are active. */
  start: () => Promise<void>;
  dispose: () => Promise<void>;
};

export async function newN8n(port: number): Promise<N8n> {
  const folder = await mkdtemp(join(tmpdir(), 'waypost-n8n-'));
  const url = `http://127.0.0.1:${port}`;
  const { PATH } = inheritedEnvironment();
  const env = {
    PATH,
    HOME: folder,
    N8N_USER_FOLDER: folder,
    N8N_LISTEN_ADDRESS: '127.0.0.1',
    N8N_PORT: String(port),
    ...AT_HOME,
  };
  /** Each process of n8n has a broker, a command beside the server too. */
  const environment = async () => ({ ...env, N8N_RUNNERS_BROKER_PORT: String(await freePort()) });
  let end = async (): Promise<void> => {};

  const command = async (...args: string[]): Promise<string> => {
    const options = { env: await environment(), cwd: folder };
    const { stdout } = await run(process.execPath, [N8N, ...args], options).catch(
      (failed: { stdout: string; stderr: string }) => {
        throw new Error(`n8n ${args.join(' ')} failed:\n${failed.stdout}${failed.stderr}`);
      },
    );
    return stdout;
  };

  async function start(): Promise<void> {
    const child = spawn(process.execPath, [N8N, 'start'], {
      env: await environment(),
      cwd: folder,
    });
    const gone = once(child, 'exit');
    end = async () => {
      child.kill('SIGTERM');
      await gone;
    };
    let output = '';
    const ready = Promise.withResolvers<void>();
    const fail = (why: string): void => ready.reject(new Error(`n8n ${why}:\n${output}`));
    const timer = setTimeout(() => fail('was not ready in time'), READY_WITHIN_MS);
    const hear = (chunk: Buffer): void => {
      output += chunk.toString();
      if (output.includes('Editor is now accessible')) ready.resolve();
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('exit', (code) => fail(`ended with ${code}`));
    await ready.promise.finally(() => clearTimeout(timer));
  }

  return {
    url,
    command,
    start,
    importAll: async (what, rows) => {
      const file = join(folder, `${what}.json`);
      await writeFile(file, JSON.stringify(rows), { mode: 0o600 });
      // The command ends with 0 also when it refuses the file.
      const output = await command(`import:${what}`, `--input=${file}`);
      if (!output.includes(`imported ${rows.length} `)) throw new Error(`n8n refused:\n${output}`);
    },
    dispose: async () => {
      await end();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** n8n asks nobody on the internet. */
const AT_HOME = {
  N8N_DIAGNOSTICS_ENABLED: 'false',
  N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
  N8N_TEMPLATES_ENABLED: 'false',
  N8N_PERSONALIZATION_ENABLED: 'false',
  N8N_COMMUNITY_PACKAGES_ENABLED: 'false',
  N8N_DYNAMIC_BANNERS_ENABLED: 'false',
  N8N_LICENSE_AUTO_RENEW_ENABLED: 'false',
  N8N_DISABLED_MODULES: 'mcp-registry',
};

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { inheritedEnvironment } from '../env.ts';

/** A call of the API that a command made, and the answer. */
export type Call = { status: number; method: string; url: string; text: string };

export type Shell = {
  run: (command: string) => Promise<{ code: number; output: string; calls: Call[] }>;
  /** Goes on in an empty folder, which has the sample files. */
  changeFolder: () => Promise<void>;
  close: () => Promise<void>;
};

const functions = fileURLToPath(new URL('noted-curl.sh', import.meta.url));

/** A bash that runs one command after the other, and notes what its curl is answered. */
export async function startShell(options: {
  variables: Readonly<Record<string, string>>;
  samples: Readonly<Record<string, Buffer>>;
}): Promise<Shell> {
  const home = await mkdtemp(join(tmpdir(), 'waypost-shell-'));
  const samples = join(home, 'samples');
  await mkdir(samples);
  for (const [name, content] of Object.entries(options.samples))
    await writeFile(join(samples, name), content);
  const { PATH, HOME } = inheritedEnvironment();
  const env = { PATH, HOME, NOTES: home, ...options.variables };
  const child = spawn('bash', [], { cwd: home, env });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
  let folders = 0;

  async function run(command: string): ReturnType<Shell['run']> {
    complaints = '';
    child.stdin.write(`${command}\nprintf '\\n@@end %s\\n' $?\n`);
    const output: string[] = [];
    for (;;) {
      const { value, done } = await lines.next();
      if (done === true) throw new Error(`bash ended at ${command}\n${complaints}`);
      const [, code] = /^@@end (\d+)$/.exec(value) ?? [];
      if (code !== undefined)
        return {
          code: Number(code),
          output: `${output.join('\n')}${complaints}`,
          calls: await takeCalls(home),
        };
      output.push(value);
    }
  }

  await run(`set -o pipefail; . ${functions}`);
  return {
    run,
    changeFolder: async () => {
      folders += 1;
      const folder = join(home, String(folders));
      await cp(samples, folder, { recursive: true });
      await run(`cd ${folder}`);
    },
    close: async () => {
      child.stdin.end();
      if (child.exitCode === null) await once(child, 'exit');
      await rm(home, { recursive: true });
    },
  };
}

/** The calls since the last look. */
async function takeCalls(home: string): Promise<Call[]> {
  const file = join(home, 'calls');
  const notes = (await readFile(file, 'utf8').catch(() => '')).split('\n').slice(0, -1);
  await rm(file, { force: true });
  return Promise.all(
    notes.map(async (note) => {
      const said = await readFile(`${note}.said`, 'utf8');
      const [, status, method = '', url = ''] = /^@@(\d+) (\S+) (.*)$/m.exec(said) ?? [];
      const text = await readFile(`${note}.body`, 'utf8').catch(() => '');
      return { status: Number(status ?? 0), method, url, text };
    }),
  );
}

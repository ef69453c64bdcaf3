import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { inheritedEnvironment } from '../env.ts';

const Call = z.object({
  status: z.number(),
  method: z.string(),
  url: z.string(),
  text: z.string(),
});
/** A call of the API that a command made, and the answer. */
export type Call = z.infer<typeof Call>;

/** `real` of what a guide writes as `msg_…`; `spare` takes its place when it was deleted. */
const Names = z.object({
  real: z.record(z.string(), z.string()),
  spare: z.record(z.string(), z.string()),
});
export type Names = z.infer<typeof Names>;

export type Shell = {
  run: (command: string) => Promise<{ code: number; output: string; calls: Call[] }>;
  /** Goes on in an empty folder, which has the sample files. */
  changeFolder: () => Promise<void>;
  name: (example: string, real: string) => Promise<void>;
  close: () => Promise<void>;
};

const binaries = fileURLToPath(new URL('bin', import.meta.url));

/** A bash whose curl writes real names in place of a guide's, and notes what is answered (bin/curl). */
export async function startShell(options: {
  names: Names;
  variables: Readonly<Record<string, string>>;
  samples: Readonly<Record<string, Buffer>>;
}): Promise<Shell> {
  const home = await mkdtemp(join(tmpdir(), 'waypost-shell-'));
  const samples = join(home, 'samples');
  await mkdir(samples);
  for (const [name, content] of Object.entries(options.samples))
    await writeFile(join(samples, name), content);
  const namesFile = join(home, 'names.json');
  await writeFile(namesFile, JSON.stringify(options.names));
  const { PATH = '', HOME } = inheritedEnvironment();
  const curl = execFileSync('sh', ['-c', 'command -v curl'], { encoding: 'utf8' }).trim();
  const env = {
    PATH: `${binaries}:${PATH}`,
    HOME,
    GUIDE_STATE: home,
    GUIDE_CURL: curl,
    ...options.variables,
  };
  const child = spawn('bash', [], { cwd: home, env });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
  let noted = 0;
  let folders = 0;

  async function run(command: string): ReturnType<Shell['run']> {
    child.stdin.write(`${command}\nprintf '\\n@@end %s\\n' $?\n`);
    const output: string[] = [];
    for (;;) {
      const { value, done } = await lines.next();
      if (done === true) throw new Error(`bash ended at ${command}\n${complaints}`);
      const [, code] = /^@@end (\d+)$/.exec(value) ?? [];
      if (code !== undefined) {
        const notes = (await readFile(join(home, 'calls.jsonl'), 'utf8').catch(() => '')).split(
          '\n',
        );
        const calls = notes.slice(noted, -1).map((line) => Call.parse(JSON.parse(line)));
        noted += calls.length;
        return { code: Number(code), output: `${output.join('\n')}${complaints}`, calls };
      }
      output.push(value);
    }
  }

  await run('set -o pipefail');
  return {
    run: async (command) => {
      complaints = '';
      return run(command);
    },
    changeFolder: async () => {
      folders += 1;
      const folder = join(home, String(folders));
      await cp(samples, folder, { recursive: true });
      await run(`cd ${folder}`);
    },
    name: async (example, real) => {
      const names = Names.parse(JSON.parse(await readFile(namesFile, 'utf8')));
      names.real[example] = real;
      await writeFile(namesFile, JSON.stringify(names));
    },
    close: async () => {
      child.stdin.end();
      if (child.exitCode === null) await once(child, 'exit');
      await rm(home, { recursive: true });
    },
  };
}

import { readdir, readFile } from 'node:fs/promises';

/** Running processes whose command line or environment names a folder: what a deployment there has started. Linux only. */
export async function processesUnder(directory: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter(
    (name) => /^\d+$/.test(name) && Number(name) !== process.pid,
  );
  const found = await Promise.all(
    pids.map(async (pid) => {
      // A process may end while it is looked at; it is then not running, which is the question.
      const [line, environment] = await Promise.all(
        ['cmdline', 'environ'].map((file) =>
          readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => ''),
        ),
      );
      const named = `${line}${environment}`.includes(directory);
      return named && line !== ''
        ? [`${pid} ${(line ?? '').replaceAll('\0', ' ').slice(0, 120)}`]
        : [];
    }),
  );
  return found.flat();
}

/** Chromium's main processes whose profile lies under a folder. Linux only. */
export async function browsersUnder(directory: string): Promise<number[]> {
  const lines = await processesUnder(directory);
  const pids = lines.map((line) => Number(line.split(' ')[0]));
  const commands = await Promise.all(
    pids.map(async (pid) => ({
      pid,
      line: await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''),
    })),
  );
  return commands
    .filter(({ line }) => line.includes('--user-data-dir=') && !line.includes('--type='))
    .map(({ pid }) => pid);
}

/** Pid of the process that started this one. Linux only. */
export async function parentOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

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

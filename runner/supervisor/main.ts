import { onNodeWarning } from '../node-warnings.ts';
import { kill, killFamilies } from './kill-families.ts';
import { type LastWord, sendLastWord } from './last-word.ts';
import { lineReader } from './lines.ts';
import { readProcess } from './process-table.ts';
import { machineMs, SupervisorOptions, ToSupervisor, type FromSupervisor } from './protocol.ts';
import { Watch } from './watch.ts';

/** Ends sessions whose lease is over when the runner cannot. Started by the runner; see protocol.ts. */
const options = SupervisorOptions.parse(JSON.parse(process.argv[2] ?? '{}'));
const runner = readProcess(options.runnerPid);

/** Time in which the sessions' processes, which end with their runner, write down what it has not taken. */
const LAST_WRITES_MS = 100;

function say(message: FromSupervisor): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
  if (message.type === 'killed') log('supervisor.killed', message);
}

function log(event: string, entry: object): void {
  process.stderr.write(
    `${JSON.stringify({ at: new Date().toISOString(), level: 'warn', event, ...entry })}\n`,
  );
}

onNodeWarning((fields) => log('supervisor.node_warning', fields));

const watch = new Watch({
  options,
  now: machineMs,
  wall: Date.now,
  identify: (pid) => (process.platform === 'linux' ? readProcess(pid)?.startedAt : null),
  killFamilies,
  killRunner: () => {
    const now = readProcess(options.runnerPid);
    if (now?.startedAt !== runner?.startedAt) return;
    log('supervisor.runner_hangs', { pid: options.runnerPid });
    kill(options.runnerPid);
  },
  say,
});

let timer = setTimeout(tick, 0);
function tick(): void {
  clearTimeout(timer);
  timer = setTimeout(tick, Math.max(1, watch.check()));
}

let lastWord: LastWord | null = null;
/** What came before this process was up; null once that is read. */
let backlog: ToSupervisor[] | null = [];
const read = lineReader((line) => {
  const message = ToSupervisor.safeParse(JSON.parse(line));
  if (message.success) {
    if (backlog === null) watch.hear(message.data);
    else backlog.push(message.data);
    if (message.data.type === 'last_word') lastWord = message.data;
  } else log('supervisor.bad_message', { issues: message.error.issues.map(({ path }) => path) });
});

let ending = false;
function end(): void {
  if (ending) return;
  ending = true;
  clearTimeout(timer);
  setTimeout(() => {
    watch.end();
    const told =
      lastWord === null ? Promise.resolve() : sendLastWord(lastWord, options.nextBootMs, log);
    void told.finally(() => process.exit(0));
  }, LAST_WRITES_MS);
}

process.stdin.setEncoding('utf8');
process.stdin.on('data', (chunk: string) => {
  read(chunk);
  if (backlog !== null) watch.catchUp(backlog);
  backlog = null;
  tick();
});
process.stdin.on('end', end);
process.stdin.on('error', end);
// When these fail nobody reads them; the work stays the same.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);
// Only the runner's end is this process's end.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

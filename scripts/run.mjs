// The door behind every npm script: gets the clone ready, then runs one program on the pinned Node.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { bootstrap, pinnedNode, root } from './bootstrap.mjs';
import { ensurePrograms } from './programs.mjs';

const PROGRAMS = {
  // A runner that others start brings its own browser.
  start: { bundled: 'launcher.mjs', chromium: process.env.WAYPOST_RUNNERS !== '0' },
  test: { file: 'node_modules/vitest/vitest.mjs', args: ['run'], chromium: true },
  'test:n8n': {
    file: 'node_modules/vitest/vitest.mjs',
    args: ['run', '--config', 'e2e/n8n/vitest.config.ts'],
    chromium: true,
  },
  demo: { file: 'e2e/demo/main.ts', chromium: true },
  chaos: { file: 'e2e/chaos/main.ts', chromium: true },
  'smoke:live': { file: 'e2e/live/main.ts', chromium: false },
  bench: { file: 'e2e/bench/main.ts', chromium: true },
  'simulate:fleet': { file: 'scripts/simulate-fleet.mjs', chromium: false },
  doctor: { file: 'operate/doctor/main.ts', chromium: false },
  deploy: { file: 'operate/deploy/main.ts', chromium: false },
  backup: { file: 'operate/backup/main.ts', args: ['backup'], chromium: false },
  restore: { file: 'operate/backup/main.ts', args: ['restore'], chromium: false },
  migrate: { file: 'operate/migrate.ts', chromium: false },
  verify: { file: 'scripts/verify.mjs', chromium: false },
};

const [name, ...rest] = process.argv.slice(2);
const program = PROGRAMS[name];
if (program === undefined) {
  process.stderr.write(
    `waypost: no program '${name}'; there are ${Object.keys(PROGRAMS).join(', ')}\n`,
  );
  process.exit(2);
}

// What is set in the environment counts more than the file. Another folder is another deployment: tests start theirs so.
const settings = join(root, '.env');
if (name === 'start' && process.env.WAYPOST_DIR === undefined && existsSync(settings))
  process.loadEnvFile(settings);

const { chromiumPath } = bootstrap(program);
const file =
  program.bundled === undefined
    ? join(root, program.file)
    : join(ensurePrograms(), program.bundled);
// What is started is idle most of the time: a small nursery, and freed memory given back.
const lean = program.bundled === undefined ? [] : ['--max-semi-space-size=2'];
const args = [...lean, file, ...(program.args ?? []), ...rest];
const env = {
  ...process.env,
  PATH: [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter),
  ...(chromiumPath === undefined ? {} : { PUPPETEER_EXECUTABLE_PATH: chromiumPath }),
  ...(lean.length === 0 ? {} : { MALLOC_ARENA_MAX: '2', MALLOC_TRIM_THRESHOLD_: '131072' }),
};
process.chdir(root);
// This process becomes the program, where Node can do that: to stay in front of it costs 33 MiB.
if (program.bundled !== undefined && process.platform !== 'win32')
  process.execve?.(pinnedNode, [pinnedNode, ...args], env);

// The IPC channel tells the program when this process is gone, even by kill -9.
const child = spawn(pinnedNode, args, { stdio: ['inherit', 'inherit', 'inherit', 'ipc'], env });
// Ctrl-C reaches the child by itself too (same process group), which minds a second signal no more than the first.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));

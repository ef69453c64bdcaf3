// The door behind every npm script: gets the clone ready, then runs one program on the pinned Node.
import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { bootstrap, pinnedNode, root } from './bootstrap.mjs';

const PROGRAMS = {
  start: { file: 'local/launcher/main.ts', chromium: true },
  test: { file: 'node_modules/vitest/vitest.mjs', args: ['run'], chromium: true },
  demo: { file: 'e2e/demo/main.ts', chromium: true },
  chaos: { file: 'e2e/chaos/main.ts', chromium: true },
  bench: { file: 'e2e/bench/main.ts', chromium: true },
  'simulate:fleet': { file: 'scripts/simulate-fleet.mjs', chromium: false },
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

const { chromiumPath } = bootstrap(program);
const child = spawn(pinnedNode, [join(root, program.file), ...(program.args ?? []), ...rest], {
  cwd: root,
  // The IPC channel tells the program when this process is gone, even by kill -9.
  stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  env: {
    ...process.env,
    PATH: [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter),
    ...(chromiumPath === undefined ? {} : { PUPPETEER_EXECUTABLE_PATH: chromiumPath }),
  },
});

// Ctrl-C reaches the child by itself too (same process group), which minds a second signal no more than the first.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));

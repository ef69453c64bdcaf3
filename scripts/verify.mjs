// `npm run verify`: format, lint, types, import rules between the rooms, dead links in the docs. Seconds, no services.
import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { pinnedNode, root } from './bootstrap.mjs';

const bin = (name) => join(root, 'node_modules', '.bin', name);
// What tsc found out last time is kept, so that a second check takes a tenth of the processor time.
const typesOf = (room) => [
  '-p',
  room,
  '--incremental',
  '--tsBuildInfoFile',
  join(root, 'node_modules', '.cache', 'tsc', `${room.replaceAll('/', '-')}.json`),
];
const CHECKS = [
  ['format', bin('oxfmt'), ['--check', '.']],
  ['lint', bin('oxlint'), ['--deny-warnings']],
  ...[
    'shared',
    'shared/node',
    'edge',
    'edge/dashboard',
    'runner',
    'runner/sandbox/page',
    'local',
    'local/edge/platform',
    'operate',
    'e2e',
    'migrations',
    'integrations',
  ].map((room) => [`types ${room}`, bin('tsc'), typesOf(room)]),
  ['rooms', process.execPath, [join(root, 'scripts', 'check-rooms.mjs')]],
  ['errors doc', pinnedNode, [join(root, 'scripts', 'write-errors-doc.mjs'), '--check']],
  ['events doc', pinnedNode, [join(root, 'scripts', 'write-events-doc.mjs'), '--check']],
  ['limits doc', pinnedNode, [join(root, 'scripts', 'write-limits-doc.mjs'), '--check']],
  ['environment doc', pinnedNode, [join(root, 'scripts', 'write-environment-doc.mjs'), '--check']],
  ['verify doc', pinnedNode, [join(root, 'scripts', 'write-verify-doc.mjs'), '--check']],
  ['coverage doc', pinnedNode, [join(root, 'scripts', 'write-coverage-doc.mjs'), '--check']],
  ['openapi', pinnedNode, [join(root, 'scripts', 'lint-openapi.mjs')]],
  // In a text, such as a statement of SQL, no compiler sees them.
  ['merge markers', 'sh', ['-c', String.raw`! git grep -nE '^(<{7}|>{7}) '`]],
  ['links', process.execPath, [join(root, 'scripts', 'check-links.mjs')]],
];

function check([name, command, args]) {
  const startedAt = Date.now();
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('close', (code) => {
      const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
      process.stdout.write(`${code === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)\n`);
      if (code !== 0) process.stdout.write(`${output}\n`);
      resolve(code === 0);
    });
  });
}

// Lint and types of the dashboard read them.
execFileSync(pinnedNode, [join(root, 'scripts', 'write-api-types.mjs')], { stdio: 'inherit' });
const results = await Promise.all(CHECKS.map(check));
process.exit(results.every(Boolean) ? 0 : 1);

// The rooms of the house and who may enter which (docs/architecture.md). Fails with the file, the import and the rule.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './bootstrap.mjs';

/** Rooms that each room may import from, beside itself and npm packages. */
const MAY_IMPORT = {
  shared: [],
  edge: ['shared'],
  runner: ['shared'],
  migrations: ['shared'],
  integrations: [],
  local: ['shared', 'migrations'],
  operate: ['shared', 'migrations', 'local', 'edge', 'runner'], // of the last two their env.ts alone
  e2e: ['shared', 'runner', 'local'],
  'e2e/simulate': ['shared', 'e2e', 'edge'], // the planner whose fleet it simulates
};
/** What edge/ is made of, top first. A file imports from its own folder and from rows below, and nothing back. */
const EDGE_LAYERS = [
  ['dashboard'], // speaks to the API over HTTP, and imports nothing of it
  ['worker.ts'],
  ['app.ts', 'compose.ts', 'hub', 'jobs'],
  ['compat'],
  ['api'],
  ['middleware'],
  ['http'],
  ['services'],
  ['events'],
  ['clients.ts'],
  ['context.ts'],
  ['identity', 'limiter', 'mail', 'media', 'realtime', 'runners', 'webhooks'],
  ['db', 'egress', 'tracing'],
  ['env.ts'],
  ['log', 'values', 'zod'],
];
/** Tests and their set-up may also start neighbours, as production would. */
const TESTS_MAY_ALSO = {
  edge: ['local', 'migrations', 'docs'],
  runner: ['local'],
  local: [],
  operate: [],
  e2e: [],
  shared: [],
  migrations: ['local'],
  integrations: [],
};

const SQL = /\bsql`|\bdb\s*\.\s*(?:select|insert|update|delete|execute|batch|query)\b/;
const SQL_ROOMS = ['edge/services/', 'edge/events/', 'edge/db/', 'edge/testing/'];

const files = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts', '*.tsx'],
  { cwd: root, encoding: 'utf8' },
)
  .split('\n')
  .filter(Boolean);
const isTest = (file) => /\.test\.ts$|vitest\.config\.ts$|\/testing\//.test(file);
const problems = [];

/** @param {string} file @param {string} imported both inside edge/, from the repository's root */
function checkLayers(file, imported) {
  const [from, to] = [file, imported].map((path) => path.split('/')[1]);
  const [above, below] = [from, to].map((name) =>
    EDGE_LAYERS.findIndex((row) => row.includes(name)),
  );
  if (from === 'dashboard') {
    const [area, other] = [file, imported].map(
      (path) => /^edge\/dashboard\/screens\/([^/]+)/.exec(path)?.[1],
    );
    if (to !== 'dashboard')
      problems.push(
        `${file}: the dashboard speaks to the API over HTTP, and imports nothing of edge/`,
      );
    else if (area !== undefined && other !== undefined && area !== other)
      problems.push(`${file}: a screen imports nothing of another one (${imported})`);
    return;
  }
  if (isTest(imported)) problems.push(`${file}: only tests may import ${imported}`);
  else if (above === -1) problems.push(`${file}: edge/${from} has no row in EDGE_LAYERS`);
  else if (from !== to && below <= above)
    problems.push(
      `${file}: edge/${from} stands below edge/${to} or beside it, so may not import ${imported}`,
    );
}

for (const file of files) {
  let text;
  try {
    text = readFileSync(join(root, file), 'utf8');
  } catch {
    continue; // listed by git but removed in the work tree
  }
  const room = file.split('/')[0];
  const allowed = MAY_IMPORT[file.split('/', 2).join('/')] ?? MAY_IMPORT[room];
  if (allowed === undefined) continue;
  for (const [, specifier] of text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)) {
    const path = join(dirname(file), specifier);
    const target = path.split('/')[0];
    const ok =
      target === room ||
      target === 'node_modules' ||
      allowed.includes(target) ||
      (isTest(file) && TESTS_MAY_ALSO[room].includes(target));
    if (!ok) problems.push(`${file}: ${room}/ may not import ${target}/ (${specifier})`);
    if (room === 'edge' && target === 'edge' && !isTest(file)) checkLayers(file, path);
  }
  if (
    /from 'whatsapp-web\.js'/.test(text) &&
    !/^(?:runner\/engine\/wwebjs|e2e\/bench|runner\/sandbox)\//.test(file)
  ) {
    problems.push(`${file}: only runner/engine/wwebjs/ imports whatsapp-web.js`);
  }
  const mayKnowHono =
    /^edge\/api\/(?:operation\.ts|auth\/|open\/|internal-|messages\/answer-send\.ts|sessions\/get-session-qr\.ts)/;
  if (
    file.startsWith('edge/api/') &&
    !isTest(file) &&
    !mayKnowHono.test(file) &&
    (/from 'hono[/']/.test(text) ||
      /import (?!(?:type )?\{ z \})[^;]*'@hono\/zod-openapi'/.test(text))
  )
    problems.push(`${file}: a row knows nothing of Hono; operation() does`);
  const mayMakeRoutes = /^edge\/api\/(?:operation\.ts|auth\/|open\/)/;
  if (
    file.startsWith('edge/api/') &&
    !isTest(file) &&
    !mayMakeRoutes.test(file) &&
    /\bcreateRoute\b/.test(text)
  )
    problems.push(`${file}: a route is a row made by operation() or rawOperation()`);
  if (
    room === 'edge' &&
    !isTest(file) &&
    !SQL_ROOMS.some((place) => file.startsWith(place)) &&
    SQL.test(text)
  ) {
    problems.push(`${file}: SQL belongs in edge/services/, edge/events/ and edge/db/`);
  }
}

for (const problem of problems) process.stdout.write(`${problem}\n`);
process.exit(problems.length === 0 ? 0 : 1);

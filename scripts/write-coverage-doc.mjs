// Writes docs/coverage.md from the OpenAPI document, the catalogue, the tests and the live reports; with --check only says
// whether it is up to date. Either way it fails when no test of the whole stack calls an operation.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createApp } from '../edge/app.ts';
import { buildDocument } from '../edge/api/open/openapi-document.ts';
import { SYSTEMS } from '../edge/compat/systems.ts';
import { MESSAGE_KIND_NAMES } from '../shared/catalogue/message-kinds.ts';
import { SANDBOX_PROFILES } from '../shared/session-status.ts';
import { root } from './bootstrap.mjs';

const FILE = join(root, 'docs', 'coverage.md');
const REPORTS = join(root, 'docs', 'live-reports');

const app = createApp(() => {
  throw new Error('nothing is served here');
});
/** Every operation of /v1 and every alias, as tests name it, with its tag and summary. */
const documents = [buildDocument(app), ...SYSTEMS.map((system) => buildDocument(app, system))];
const operations = documents
  .flatMap(({ paths }) => Object.entries(paths))
  .flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { tags, summary }]) =>
      /^\/(?:(?:v1|api|wa|compat)\/|admin$)/.test(path)
        ? [{ name: `${method.toUpperCase()} ${path}`, tag: tags[0], summary }]
        : [],
    ),
  );

/** What `covers` and its like in e2e/testing/covers.ts is given: each operation with the files that name it, and the pages they use. */
const covered = new Map();
const files = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard', 'e2e'],
  {
    cwd: root,
    encoding: 'utf8',
  },
).split('\n');
for (const file of files.filter((name) => name.endsWith('.ts') && existsSync(join(root, name)))) {
  const text = readFileSync(join(root, file), 'utf8');
  for (const [, how, list] of text.matchAll(/^ *covers(OnEveryPage|Refusal)?\(([^)]*)\);/gm))
    for (const [, name] of list.matchAll(/'([A-Z]+ \/(?:admin|(?:v1|api|wa|compat)\/[^']+))'/g)) {
      const seen = covered.get(name) ?? { files: new Set(), everyPage: false };
      seen.files.add(file);
      seen.everyPage ||= how === 'OnEveryPage';
      covered.set(name, seen);
    }
}

const untested = operations.filter(({ name }) => !covered.has(name)).map(({ name }) => name);
const unknown = [...covered.keys()].filter((name) => !operations.some((one) => one.name === name));
for (const name of untested)
  process.stdout.write(
    `${name}: no test of the whole stack calls it. Add one, to a file of e2e/routes/ for example, and name it in its covers().\n`,
  );
for (const name of unknown)
  process.stdout.write(`${name}: is in the covers() of a test and no operation.\n`);

/** The date of the newest live report in which an operation was ok. */
const reported = new Map();
const reports = existsSync(REPORTS) ? readdirSync(REPORTS) : [];
for (const report of reports.filter((name) => /^\d{4}-\d\d-\d\d\.md$/.test(name)).toSorted())
  for (const [, name] of readFileSync(join(REPORTS, report), 'utf8').matchAll(
    /^\| `([^`]+)` \| ok /gm,
  ))
    reported.set(name, report.slice(0, -'.md'.length));

const row = (first, { name }) => {
  const { files: tests = new Set(), everyPage = false } = covered.get(name) ?? {};
  const links = [...tests].map((file) => `[${nameOf(file)}](../${file})`);
  const date = reported.get(name);
  return `| ${[
    first,
    links.join(', ') || 'none',
    everyPage ? SANDBOX_PROFILES.join(', ') : '',
    date === undefined ? '' : `[${date}](live-reports/${date}.md)`,
  ].join(' | ')} |`;
};
const nameOf = (file) => file.replace(/^e2e\//, '').replace(/(?:\.test)?\.ts$/, '');
const table = (first, rows) =>
  `| ${first} | test of the whole stack | sandbox profile | on a real phone |\n|---|---|---|---|\n${rows.join('\n')}`;

const kindOf = ({ name }) =>
  MESSAGE_KIND_NAMES.find((kind) => name === `POST /v1/messages/${kind}`);
const kinds = operations.filter(kindOf).map((one) => row(`${kindOf(one)}: \`${one.name}\``, one));
const areas = Map.groupBy(
  operations.filter((one) => kindOf(one) === undefined),
  ({ tag }) => tag,
);
const sections = [...areas].map(
  ([tag, all]) =>
    `## ${tag}\n\n${table(
      'operation',
      all.map((one) => row(`\`${one.name}\``, one)),
    )}`,
);

const text = `# Coverage

<!-- Written by scripts/write-coverage-doc.mjs from the OpenAPI document and the tests: npm run docs:coverage. -->

What is tested on a running Waypost: API, database, runner and a browser. Each test named here calls the operation and looks at
what it did; the suite fails when it does not. *Sandbox profile*: the simulated pages it was tested on; empty where
WhatsApp's page does not matter, or one page is enough. *On a real phone*: the newest report of
[\`npm run smoke:live\`](live-smoke-test.md) in which it worked.

## Kinds of messages

Each kind is sent, received and quoted.

${table('kind', kinds)}

${sections.join('\n\n')}
`;

const isOld = !existsSync(FILE) || readFileSync(FILE, 'utf8') !== text;
if (!process.argv.includes('--check')) writeFileSync(FILE, text);
else if (isOld) process.stdout.write('docs/coverage.md is out of date: npm run docs:coverage\n');
if (untested.length > 0 || unknown.length > 0 || (isOld && process.argv.includes('--check')))
  process.exit(1);

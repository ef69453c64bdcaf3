// Writes the tables of docs/environment.md, .env.example and .dev.vars.example from the schemas that read the variables and the
// comments in them; with --check only says whether they are up to date.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { EdgeEnv } from '../edge/env.ts';
import { LauncherEnv } from '../local/launcher/env.ts';
import { Env as RunnerEnv } from '../runner/env.ts';
import { root } from './bootstrap.mjs';

const TRACING = 'shared/tracing/settings.ts';
const PROGRAMS = [
  { name: 'machine', schema: LauncherEnv, files: ['local/launcher/env.ts'] },
  { name: 'worker', schema: EdgeEnv, files: ['edge/env.ts', TRACING] },
  { name: 'runner', schema: RunnerEnv, files: ['runner/env.ts', TRACING] },
];

/** Where the guide says more. */
const MORE = {
  BASE_URL: 'self-hosting.md#open-it-to-others',
  CLIENT_IP_HEADER: 'limits-and-origins.md#the-clients-address',
  CORS_ORIGINS: 'limits-and-origins.md',
  S3_PUBLIC_ENDPOINT: 'media.md#large-files',
  SIGN_UP: 'accounts.md#who-may-sign-up',
  ADMIN_PASSWORD: 'migrate/queue.md#administration',
  GOOGLE_CLIENT_ID: 'accounts.md#google',
  SUPABASE_URL: 'credentials.md#supabase',
  WAYPOST_SERVICES: 'architecture.md#one-machine',
  WAYPOST_FLEET: 'fleet.md',
  FLEET: 'fleet.md',
  RESERVED_PLACES_PERCENT: 'fleet.md#where-a-session-goes',
  RUNNER_UNACKED_SENDS: 'sending.md',
  RUNNER_SNAPSHOT_AFTER_SECONDS: 'credentials-of-sessions.md',
  RUNNER_DISK_WAIT_SECONDS: 'credentials-of-sessions.md#which-profile-a-runner-uses',
  MESSAGE_STALLED_AFTER_MINUTES: 'sending.md',
  LOG_RETENTION_DAYS: 'sessions.md#reconnecting',
  EVENT_RETENTION_DAYS: 'webhooks.md#how-long-events-are-kept',
  METRICS_TOKEN: 'operations.md',
  OTEL_EXPORTER_OTLP_ENDPOINT: 'tracing.md',
};
const SECRET = /(?:_KEYS?|SECRET|TOKEN|PASSWORD|HEADERS|DATABASE_URL|REDIS_URL)$/;

/** The comment in front of each variable. */
function commentsOf(files) {
  const source = files.map((file) => readFileSync(join(root, file), 'utf8')).join('\n');
  const found = source.matchAll(/\/\*\*((?:(?!\*\/)[^])*)\*\/\s+([A-Z][A-Z0-9_]+):/g);
  return new Map(
    Array.from(found, ([, text, name]) => [name, text.replaceAll(/\s+\*?\s*/g, ' ').trim()]),
  );
}

function isBinding(schema) {
  const { type, innerType } = schema.def;
  return type === 'custom' || (innerType !== undefined && isBinding(innerType));
}

/** The values that there are, where they are few. */
const choicesOf = (schema) => z.toJSONSchema(schema, { unrepresentable: 'any' }).enum;

function variablesOf({ schema, files }) {
  const comments = commentsOf(files);
  return Object.entries(schema.shape)
    .filter(([, field]) => !isBinding(field))
    .map(([name, field]) => {
      const meaning = comments.get(name);
      if (meaning === undefined) throw new Error(`${name} has no comment in ${files[0]}`);
      const { success: isOptional, data } = field.safeParse(undefined);
      const value = data === undefined || data === '' || data.length === 0 ? null : String(data);
      return { name, meaning, choices: choicesOf(field), isOptional, value };
    });
}

const code = (text) => `\`${text}\``;
const cell = (text) => text.replaceAll('|', '\\|');

function rowOf({ name, meaning, choices, isOptional, value }) {
  const told = (choice) => meaning.includes(code(choice));
  const values =
    choices === undefined || choices.some(told) ? '' : ` ${choices.map(code).join(', ')}.`;
  const more = MORE[name] === undefined ? '' : ` [More](${MORE[name]}).`;
  const secret = SECRET.test(name) ? ' Secret.' : '';
  const preset = isOptional ? (value === null ? 'not set' : code(value)) : '**required**';
  return `| ${code(name)} | ${cell(meaning)}${values}${secret}${more} | ${preset} |`;
}

const tableOf = (variables) => `| variable | meaning | default |
|---|---|---|
${variables.map(rowOf).join('\n')}
`;

const exampleOf = (variables, title) =>
  `${title}\n${variables
    .map(({ name, meaning, isOptional, value }) => {
      const needed = isOptional ? '' : ' Required.';
      return `\n# ${meaning}${needed}\n${isOptional ? '# ' : ''}${name}=${quoted(value ?? '')}\n`;
    })
    .join('')}`;

const quoted = (value) => (/[\s<>#"]/.test(value) ? `"${value}"` : value);

const variables = Object.fromEntries(
  PROGRAMS.map((program) => [program.name, variablesOf(program)]),
);
const DOC = 'docs/environment.md';
const current = (file) =>
  existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : '';
let doc = current(DOC);
for (const { name } of PROGRAMS) {
  const place = new RegExp(`(<!-- ${name}:[^>]*-->\\n)[^]*?(<!-- /${name} -->)`);
  if (!place.test(doc)) throw new Error(`${DOC} has no place for the variables of the ${name}`);
  doc = doc.replace(place, (_all, start, end) => `${start}\n${tableOf(variables[name])}\n${end}`);
}
const WRITTEN_BY = '# Written by scripts/write-environment-doc.mjs from';
const FILES = {
  [DOC]: doc,
  '.env.example': exampleOf(
    variables.machine,
    `# What \`npm start\` reads. Copy this file to .env and set what you need; all has a default.\n${WRITTEN_BY} local/launcher/env.ts.`,
  ),
  '.dev.vars.example': exampleOf(
    variables.worker,
    `# What the Worker reads. \`wrangler dev\` takes it from .dev.vars; a deployment has its secrets by \`wrangler secret put\`.\n${WRITTEN_BY} edge/env.ts.`,
  ),
};

const stale = Object.entries(FILES).filter(([file, text]) => current(file) !== text);
if (!process.argv.includes('--check'))
  for (const [file, text] of stale) writeFileSync(join(root, file), text);
else if (stale.length > 0) {
  const names = stale.map(([file]) => file).join(', ');
  process.stdout.write(`${names}: out of date, run npm run docs:environment\n`);
  process.exit(1);
}

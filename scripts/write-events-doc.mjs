// Writes the event catalogue in docs/webhooks.md from shared/catalogue/events/; with --check only says whether it is up to date.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { root } from './bootstrap.mjs';
import { aliasesOf, EVENT_TYPES, EVENTS } from '../shared/catalogue/events/index.ts';

const FILE = join(root, 'docs', 'webhooks.md');
const START =
  '<!-- Events: written by scripts/write-events-doc.mjs from shared/catalogue/events/. -->';
const END = '<!-- End of events. -->';
/** Lists that are longer have a place of their own. */
const LONGEST_LIST = 15;

const code = (text) => `\`${text}\``;
const cell = (text) => text.replaceAll('|', '\\|').replace(/\s+/g, ' ');

/** The schema itself, and whether null may stand for it. */
function inner(schema) {
  const others = (schema.anyOf ?? []).filter(({ type }) => type !== 'null');
  if (others.length === 1) return { ...others[0], ...schema, nullable: true };
  if (!Array.isArray(schema.type)) return schema;
  return { ...schema, type: schema.type.filter((name) => name !== 'null').join(), nullable: true };
}

function typeOf(schema) {
  const { type, format, items, nullable, const: constant } = inner(schema);
  const shown =
    constant !== undefined
      ? code(JSON.stringify(constant))
      : format === 'date-time'
        ? 'time'
        : type === 'array'
          ? `list of ${items.type}s`
          : type;
  return nullable ? `${shown} or null` : shown;
}

function meaningOf(schema, isOptional) {
  const { description, enum: values } = inner(schema);
  const list =
    values === undefined || values.length > LONGEST_LIST
      ? null
      : `One of ${values.map(code).join(', ')}.`;
  if (description === undefined) throw new Error(`no description: ${JSON.stringify(schema)}`);
  return [isOptional ? 'Optional.' : null, description, list]
    .filter((text) => text != null)
    .join(' ');
}

/** The schema with what it refers to in place. */
function resolve(schema, named) {
  if (schema.$ref !== undefined) return named[schema.$ref.split('/').at(-1)];
  const { anyOf } = schema;
  return anyOf === undefined
    ? schema
    : { ...schema, anyOf: anyOf.map((one) => resolve(one, named)) };
}

/** Rows of the table: a field, and those of the object that it is. */
const rowsOf = (schema, path = '', named = schema.$defs) =>
  Object.entries(schema.properties).flatMap(([name, given]) => {
    const property = resolve(given, named);
    const isOptional = !schema.required?.includes(name);
    const row = `| \`${path}${name}\` | ${typeOf(property)} | ${cell(meaningOf(property, isOptional))} |`;
    const { properties, required } = inner(property);
    return properties === undefined
      ? [row]
      : [row, ...rowsOf({ properties, required }, `${path}${name}.`, named)];
  });

const sectionOf = (type) => {
  const { when, data, example } = EVENTS[type];
  const aliases = aliasesOf(type).map(code).join(', ');
  return `### ${type}

${when}${aliases === '' ? '' : ` Alias: ${aliases}.`}

| \`data\` | type | meaning |
|---|---|---|
${rowsOf(z.toJSONSchema(data)).join('\n')}

\`\`\`json
${JSON.stringify(example, null, 2)}
\`\`\`
`;
};

const contents = EVENT_TYPES.map(
  (type) => `- [\`${type}\`](#${type.replaceAll('.', '')}): ${EVENTS[type].when}`,
);
const catalogue = `${START}

${contents.join('\n')}

${EVENT_TYPES.map(sectionOf).join('\n')}
${END}`;

const current = readFileSync(FILE, 'utf8');
const [before, rest] = current.split(START);
const after = rest?.split(END)[1];
if (after === undefined) throw new Error('docs/webhooks.md has no place for the events');
const text = `${before}${catalogue}${after}`;

if (!process.argv.includes('--check')) writeFileSync(FILE, text);
else if (current !== text) {
  process.stdout.write('docs/webhooks.md is out of date: node scripts/write-events-doc.mjs\n');
  process.exit(1);
}

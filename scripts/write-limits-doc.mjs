// Writes the tables of docs/limits-and-origins.md from shared/catalogue/limits.ts; with --check only says whether they are up to date.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './bootstrap.mjs';
import { LIMITS, RATES, shown, shownRate } from '../shared/catalogue/limits.ts';

const FILE = join(root, 'docs', 'limits-and-origins.md');

const rates = Object.values(RATES).map(
  (rate) => `| ${rate.who} | ${shownRate(rate)} | \`${rate.name}\` |`,
);
const limits = Object.values(LIMITS).map(({ what, limit }) => `| ${what} | ${shown(limit)} |`);
const tables = `| who | limit | name in the headers |
|---|---|---|
${rates.join('\n')}

| what | at most |
|---|---|
${limits.join('\n')}
`;

const PLACE = /(<!-- limits:[^>]*-->\n)[^]*(<!-- \/limits -->)/;

const current = readFileSync(FILE, 'utf8');
if (!PLACE.test(current)) throw new Error('docs/limits-and-origins.md has no place for the limits');
const text = current.replace(PLACE, (_all, start, end) => `${start}\n${tables}\n${end}`);
if (!process.argv.includes('--check')) writeFileSync(FILE, text);
else if (current !== text) {
  process.stdout.write(
    'docs/limits-and-origins.md is out of date: node scripts/write-limits-doc.mjs\n',
  );
  process.exit(1);
}

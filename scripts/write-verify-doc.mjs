// Writes the programs of docs/verify-webhooks.md, which the dashboard shows too; with --check only says whether they are up to date.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './bootstrap.mjs';
import { VERIFY_CODE, VERIFY_LANGUAGES } from '../edge/dashboard/screens/webhooks/verify-code.ts';

const FILE = join(root, 'docs', 'verify-webhooks.md');
const FENCES = { Node: 'js', Python: 'python', PHP: 'php', Go: 'go', 'C#': 'csharp' };
const PLACE = /(<!-- programs:[^>]*-->\n)[^]*(<!-- \/programs -->)/;

const programs = VERIFY_LANGUAGES.map(
  (language) =>
    `\`\`\`${FENCES[language]} ${language}\n${VERIFY_CODE[language]('WAYPOST_WEBHOOK_SECRET')}\n\`\`\``,
).join('\n\n');
const current = readFileSync(FILE, 'utf8');
const text = current.replace(PLACE, (_all, start, end) => `${start}\n${programs}\n\n${end}`);
if (!process.argv.includes('--check')) writeFileSync(FILE, text);
else if (current !== text) {
  process.stdout.write(
    'docs/verify-webhooks.md is out of date: node scripts/write-verify-doc.mjs\n',
  );
  process.exit(1);
}

// Writes docs/errors.md from shared/errors.ts; with --check only says whether it is up to date.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './bootstrap.mjs';
import { ERRORS } from '../shared/errors.ts';

const FILE = join(root, 'docs', 'errors.md');

const cell = (text) => text.replaceAll('|', '\\|').replace(/\s+/g, ' ');
const rows = Object.entries(ERRORS)
  .toSorted(([codeA, a], [codeB, b]) => a.status - b.status || codeA.localeCompare(codeB))
  .map(
    ([code, { status, retryable, message, advice }]) =>
      `| \`${code}\` | ${status} | ${retryable ? 'yes' : 'no'} | ${cell(message)} | ${cell(advice)} |`,
  );

const text = `# Errors

<!-- Written by scripts/write-errors-doc.mjs from shared/errors.ts; change it there. -->

Every refusal has the same body:

\`\`\`json
{
  "success": false,
  "error": { "code": "VALIDATION_ERROR", "message": "body.to: …", "details": {} },
  "meta": { "requestId": "req_…", "timestamp": "2026-01-01T00:00:00.000Z" }
}
\`\`\`

Act on \`code\`: the set is closed, and the codes do not change. \`message\` is for people and may be more exact than below; \`details\` holds
facts, where there are any. Quote \`meta.requestId\` when you ask about a failure; it is in the header \`X-Request-Id\` too.

*Again?* says whether the same request may succeed later. Wait as long as \`Retry-After\` says, and send with the same \`Idempotency-Key\`.

| code | status | again? | meaning | what to do |
|---|---|---|---|---|
${rows.join('\n')}
`;

if (process.argv.includes('--check')) {
  let current = '';
  try {
    current = readFileSync(FILE, 'utf8');
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  if (current !== text) {
    process.stdout.write('docs/errors.md is out of date: node scripts/write-errors-doc.mjs\n');
    process.exit(1);
  }
} else {
  writeFileSync(FILE, text);
}

// Writes the types of the dashboard's API client from the OpenAPI document, when the document has changed.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pinnedNode, root } from './bootstrap.mjs';

const folder = join(root, 'edge', 'dashboard', 'dist');
const document = join(folder, `openapi-${process.pid}.json`);
const types = join(folder, 'api.ts');
const state = join(folder, 'api.sha256');

mkdirSync(folder, { recursive: true });
execFileSync(pinnedNode, [join(root, 'scripts', 'write-openapi.mjs'), document]);
const hash = createHash('sha256').update(readFileSync(document)).digest('hex');
const known = existsSync(types) && existsSync(state) ? readFileSync(state, 'utf8') : '';
if (known !== hash) {
  const generator = join(root, 'integrations/api-types/node_modules/.bin/openapi-typescript');
  execFileSync(generator, [document, '-o', types], { stdio: ['ignore', 'ignore', 'inherit'] });
  writeFileSync(state, hash);
}
renameSync(document, join(folder, 'openapi.json'));

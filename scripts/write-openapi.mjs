// Writes the OpenAPI document, or that of a source system, to the file that is named, built from the routes without any service.
import { writeFileSync } from 'node:fs';
import { createApp } from '../edge/app.ts';
import { SYSTEMS } from '../edge/compat/systems.ts';
import { buildDocument } from '../edge/api/open/openapi-document.ts';

const [file, system] = process.argv.slice(2);
if (file === undefined) {
  process.stderr.write('node scripts/write-openapi.mjs FILE [SYSTEM]\n');
  process.exit(2);
}
const app = createApp(() => {
  throw new Error('nothing is served here');
});
const part = SYSTEMS.find(({ name }) => name === system);
writeFileSync(file, JSON.stringify(buildDocument(app, part), null, 2));

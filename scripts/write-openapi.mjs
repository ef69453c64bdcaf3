// Writes the OpenAPI document to the file that is named, built from the routes without any service.
import { writeFileSync } from 'node:fs';
import { createApp } from '../edge/app.ts';
import { buildDocument } from '../edge/api/open/openapi-document.ts';

const [file] = process.argv.slice(2);
if (file === undefined) {
  process.stderr.write('node scripts/write-openapi.mjs FILE\n');
  process.exit(2);
}
const app = createApp(() => {
  throw new Error('nothing is served here');
});
writeFileSync(file, JSON.stringify(buildDocument(app), null, 2));

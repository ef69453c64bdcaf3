// Puts the files of the API reference where the Worker's static assets are taken from.
import { copyFile, mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');
const swagger = path.dirname(
  createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'),
);
const target = path.join(root, 'edge/dist/assets/docs-assets');

const FILES = [
  [swagger, 'swagger-ui.css'],
  [swagger, 'swagger-ui-bundle.js'],
  [path.join(root, 'edge/docs'), 'docs.css'],
  [path.join(root, 'edge/docs'), 'docs.js'],
  [path.join(root, 'edge/docs'), 'icon.svg'],
];

await mkdir(target, { recursive: true });
for (const [folder, name] of FILES)
  await copyFile(path.join(folder, name), path.join(target, name));

// The guide as files: its pages, their style and program, the pictures, and what the search looks through.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { createApp } from '../../edge/app.ts';
import { buildDocument } from '../../edge/api/open/openapi-document.ts';
import { root } from '../bootstrap.mjs';
import { referencePages } from './api-reference.mjs';
import { renderer } from './markdown.mjs';
import { pageOf } from './page.mjs';

const docs = join(root, 'docs');
const PICTURE = /\.(?:png|svg)$/;
/** Files to take away, such as flows of n8n. */
const FLOW = /\bn8n\/[^/]+\.json$/;

/** `migrate/queue.md` → `migrate/queue`; `index.md` and `README.md` stand for their folder. */
const pathOf = (file) => file.replace(/\.md$/, '').replace(/(?:^|\/)(?:index|README)$/, '');
const addressOf = (file) => `/guide${pathOf(file) === '' ? '' : `/${pathOf(file)}`}`;

/** The pages in the order in which they are read: those of the navigation, then the others. */
function readPages() {
  const sections = JSON.parse(readFileSync(join(docs, 'navigation.json'), 'utf8'));
  const app = createApp(() => {
    throw new Error('nothing is served here');
  });
  const reference = referencePages(buildDocument(app));
  const texts = new Map([
    ...readdirSync(docs, { recursive: true })
      .filter((file) => file.endsWith('.md'))
      .map((file) => [file, readFileSync(join(docs, file), 'utf8')]),
    ...reference.map(({ file, text }) => [file, text]),
  ]);
  const files = [...texts.keys()];
  const navigation = sections.map(({ title, pages }) => ({
    title,
    pages: pages
      .flatMap((name) =>
        name.endsWith('/') ? files.filter((file) => file.startsWith(name)) : [name],
      )
      .map((file) => ({ file, address: addressOf(file), title: titleOf(file, texts.get(file)) })),
  }));
  return { texts, navigation };
}

function titleOf(file, text) {
  const [, title] = /^# (.+)$/m.exec(text ?? '') ?? [];
  if (title === undefined) throw new Error(`docs/${file} is in the navigation and has no title`);
  return title.replaceAll('`', '');
}

const readStyle = (name) => readFileSync(join(root, 'edge', 'guide', name), 'utf8');

const program = async () => {
  const { outputFiles } = await build({
    entryPoints: [join(root, 'edge', 'guide', 'guide.js')],
    bundle: true,
    minify: true,
    format: 'iife',
    target: ['chrome123', 'firefox121', 'safari17.5'],
    write: false,
  });
  return outputFiles[0].text;
};

/** @returns each file's name below the Worker's assets, and its content */
export async function guideFiles() {
  const { texts, navigation } = readPages();
  const flows = readdirSync(docs, { recursive: true, encoding: 'utf8' }).filter((file) =>
    FLOW.test(file),
  );
  const addresses = new Map([
    ...[...texts.keys()].map((file) => [file, addressOf(file)]),
    ...flows.map((file) => [file, `/guide-assets/${file}`]),
  ]);
  const render = renderer(addresses);
  const order = navigation.flatMap(({ pages }) => pages);
  const searched = [];
  const files = [];
  for (const [file, text] of texts) {
    const { html, headings, sections } = render(file, text);
    const title = titleOf(file, text);
    const address = addresses.get(file);
    const at = order.findIndex((page) => page.file === file);
    const [previous, next] = at === -1 ? [] : [order[at - 1], order[at + 1]];
    const page = pageOf({ title, address, html, headings, navigation, previous, next });
    files.push([join('guide', `${address.slice('/guide/'.length) || 'index'}.html`), page]);
    for (const { anchor, heading, words } of sections)
      searched.push([anchor === '' ? address : `${address}#${anchor}`, title, heading, words]);
  }
  const pictures = readdirSync(join(docs, 'images')).filter((name) => PICTURE.test(name));
  return [
    ...files,
    ['guide-assets/search.json', JSON.stringify(searched)],
    ['guide-assets/guide.js', await program()],
    // The search before the page, whose rules for narrow screens change it.
    ['guide-assets/guide.css', ['search.css', 'guide.css', 'code.css'].map(readStyle).join('')],
    ...flows.map((file) => [`guide-assets/${file}`, readFileSync(join(docs, file))]),
    ...pictures.map((name) => [`guide-assets/${name}`, readFileSync(join(docs, 'images', name))]),
  ];
}

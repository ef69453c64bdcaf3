import { expect, test } from 'vitest';
import { contradicts, nameFile, sniffType } from './file-types.ts';

const bytes = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));
const PDF = bytes('%PDF-1.7\n%âãÏÓ\n');
const PNG = bytes('\x89PNG\r\n\x1a\n....');
const ZIP = bytes('PK\x03\x04\x14\x00\x00\x00\x08\x00');
const OLD_OFFICE = bytes('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1');
const HTML = bytes('\n<!DOCTYPE html><title>Not found</title>');
const TEXT = bytes('a;b\n1;2\n');

test.each([
  ['a PDF', PDF, 'plan.pdf', 'application/pdf', 'plan.pdf'],
  ['a PDF without an ending', PDF, 'Plan 2026.03', 'application/pdf', 'Plan 2026.03.pdf'],
  ['a PDF without a name', PDF, null, 'application/pdf', 'file.pdf'],
  ['a PDF in capitals', PDF, 'PLAN.PDF', 'application/pdf', 'PLAN.PDF'],
  ['a PDF of a script', PDF, 'show.php', 'application/pdf', 'show.php.pdf'],
  ['a picture', PNG, 'a.png', 'image/png', 'a.png'],
  ['an old Word file', OLD_OFFICE, 'a.doc', 'application/msword', 'a.doc'],
  ['an e-book', ZIP, 'a.epub', 'application/epub+zip', 'a.epub'],
  ['a table', TEXT, 'a.csv', 'text/csv', 'a.csv'],
  ['a text of no known type', TEXT, 'a.conf', 'application/octet-stream', 'a.conf'],
  ['a text without a name', TEXT, null, 'application/octet-stream', 'file'],
  ['a page', HTML, 'a.html', 'text/html', 'a.html'],
  ['a page that is a text', HTML, 'a.txt', 'text/plain', 'a.txt'],
])('%s', async (_, head, name, mimetype, filename) => {
  const file = nameFile(await sniffType(head), name, true);
  expect(file).toMatchObject({ type: { mimetype }, filename });
});

test.each([
  ['a page', HTML, 'plan.pdf'],
  ['a text', TEXT, 'photo.jpg'],
  ['a picture', PNG, 'plan.pdf'],
  ['a PDF', PDF, 'plan.docx'],
  ['a PDF', PDF, 'notes.txt'],
  ['an archive', ZIP, 'plan.doc'],
])('%s is not %s', async (_, head, name) => {
  expect(nameFile(await sniffType(head), name, true)).toBeNull();
});

test('a wrong ending of a name that nobody gave is replaced, where the content is known', async () => {
  expect(nameFile(await sniffType(PNG), 'photo.jpg', false)).toMatchObject({
    filename: 'photo.png',
  });
  for (const head of [TEXT, HTML])
    expect(nameFile(await sniffType(head), 'photo.jpg', false)).toBeNull();
});

test.each([
  ['image/png', PNG, false],
  ['image/jpeg', PNG, true],
  ['image/x-something', PNG, false],
  ['image/jpeg', HTML, true],
  ['image/svg+xml', HTML, false],
  ['application/pdf', PDF, false],
  ['application/pdf', ZIP, true],
  ['application/octet-stream', PDF, false],
  ['application/zip', ZIP, false],
  ['text/plain; charset=utf-8', TEXT, false],
  ['text/plain', PNG, true],
  ['audio/mpeg', PNG, true],
  ['video/mp4', TEXT, false],
])('declared as %s, content %#: contradiction %s', async (declared, head, contradiction) => {
  expect(contradicts(declared, await sniffType(head))).toBe(contradiction);
});

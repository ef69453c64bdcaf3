import { expect, test } from 'vitest';
import { sniffMimetype } from './sniff-mimetype.ts';

const bytes = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));

test.each([
  ['JPEG', '\xff\xd8\xff\xe0..JFIF', 'image/jpeg'],
  ['PNG', '\x89PNG\r\n\x1a\n....', 'image/png'],
  ['GIF', 'GIF89a......', 'image/gif'],
  ['WebP', 'RIFF....WEBPVP8 ', 'image/webp'],
  ['a page that calls itself an image', '<!doctype html>', null],
  ['SVG, which can carry scripts', '<svg xmlns="http://www.w3.org/2000/svg"/>', null],
  ['another RIFF file', 'RIFF....WAVEfmt ', null],
  ['a cut-off PNG signature', '\x89PN', null],
  ['nothing', '', null],
])('%s', (_name, head, mimetype) => {
  expect(sniffMimetype(bytes(head))).toBe(mimetype);
});

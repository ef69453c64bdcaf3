import { expect, test } from 'vitest';
import { filenameOf } from './filename.ts';

const URL_WITH = (path: string) => `https://files.example.com/${path}`;

test.each([
  ['a plain path', 'folder/photo.jpg?size=2', null, 'photo.jpg'],
  ['a percent-encoded path', 'Sm%C3%B8rrebr%C3%B8d%20%E2%98%95.png', null, 'Smørrebrød ☕.png'],
  ['an encoded slash', 'a%2F..%2Fsecret.png', null, 'secret.png'],
  ['a percent sign that stands for itself', '100%.png', null, '100%.png'],
  ['a path that is no file name', 'images/42', null, null],
  ['an empty path', '', null, null],
  ['a header', 'images/42', 'attachment; filename="cat.png"', 'cat.png'],
  ['a header with a token', 'images/42', 'inline; filename=cat.png', 'cat.png'],
  [
    'an extended name, which goes first',
    'images/42',
    `attachment; filename="_.png"; filename*=UTF-8''%E7%8C%AB.png`,
    '猫.png',
  ],
  ['a name with a folder', '1', 'attachment; filename="../../etc/cat.png"', 'cat.png'],
  ['a name with a Windows folder', '1', 'attachment; filename="C:\\\\x\\\\cat.png"', 'cat.png'],
  ['a hidden file', '1', 'attachment; filename=".htaccess"', 'htaccess'],
  ['control and direction characters', 'a%00b%E2%80%AEgnp.png', null, 'abgnp.png'],
  ['a header that cannot be read', 'photo.jpg', 'attachment; filename=', 'photo.jpg'],
  ['a header that names nothing', 'photo.jpg', 'inline', 'photo.jpg'],
  ['a long name, whose ending stays', `${'ä'.repeat(150)}.png`, null, `${'ä'.repeat(96)}.png`],
])('%s', (_, path, disposition, name) => {
  expect(filenameOf(URL_WITH(path), disposition)).toBe(name);
});

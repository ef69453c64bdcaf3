import { expect, test } from 'vitest';
import { cleanName, nameKey, parseName, parseSessionName } from './name.ts';

test.each([
  ['  Order   desk ', 'Order desk'],
  ['Order\u00a0desk', 'Order desk'],
  ['Order\u3000desk\n', 'Order desk'],
  ['Cafe\u0301', 'Café'],
  ['可愛い店', '可愛い店'],
  ['فروشگاه\u200cها', 'فروشگاه\u200cها'],
  ['Dev 👩‍💻', 'Dev 👩‍💻'],
  ['😀'.repeat(100), '😀'.repeat(100)],
])('%j is kept as %j', (text, name) => {
  expect(parseName(text)).toBe(name);
});

test.each([
  ['', 'empty'],
  [' \t\n', 'empty'],
  ['\ufeff', 'empty'],
  ['two\nlines', 'U+000A'],
  ['a\tb', 'U+0009'],
  ['a\u0085b', 'U+0085'],
  ['a\u200bb', 'U+200B'],
  ['a\u200db', 'U+200D'],
  ['support\u200b', 'U+200B'],
  ['a\u202eb', 'U+202E'],
  ['a\u2066b', 'U+2066'],
  ['a\u00adb', 'U+00AD'],
  ['a\ufeffb', 'U+FEFF'],
  ['a\u2028b', 'U+2028'],
  ['\u3164', 'U+3164'],
  ['\u2800', 'U+2800'],
  ['x'.repeat(101), 'at most 100'],
])('%j is refused: %s', (text, reason) => {
  expect(() => parseName(text)).toThrow(reason);
});

test.each(['Support', 'sales desk', ' a.b_c-1 ', 'x'.repeat(64)])(
  '"%s" names a session',
  (text) => {
    expect(parseSessionName(text)).toBe(text.trim());
  },
);

test.each(['', '-x', 'a/b', 'Büro', 'x'.repeat(65), 'SES_01K2Q8Z6M4C8F7H3N5R9T1V0WX', 'a\u200bb'])(
  '"%s" names none',
  (text) => {
    expect(() => parseSessionName(text)).toThrow();
  },
);

test.each([
  ['support', ['Support', 'SUPPORT', ' support', 'support ', 'support\u00a0']],
  ['a b', ['a  b', 'A\tB', ' a b ']],
  ['café', ['CAFÉ', 'Cafe\u0301']],
])('"%s" is also written %j', (key, texts) => {
  for (const text of texts) expect(nameKey(text)).toBe(key);
});

test.each([
  ['Ann\r\nEve\u202e', 'Ann Eve'],
  ['\u200b\u3164', ''],
  ['\ud800x', '\ufffdx'],
  ['x'.repeat(200), 'x'.repeat(100)],
  ['فروشگاه\u200cها', 'فروشگاه\u200cها'],
  ['Dev 👩‍💻', 'Dev 👩‍💻'],
  ['a\u200db\u200c', 'a b'],
  ['ها\u200c\u200b', 'ها'],
  [`${'ه'.repeat(99)}\u200cه`, 'ه'.repeat(99)],
])('%j from elsewhere becomes %j, which is a name', (text, name) => {
  expect(cleanName(text)).toBe(name);
  expect(name === '' ? '' : parseName(name)).toBe(name);
});

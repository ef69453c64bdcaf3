import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { Adapter, fill, textAt } from './adapter.ts';

test('the adapter in the repository is valid', async () => {
  const file = new URL('stock-gateway.json', import.meta.url);
  expect(Adapter.parse(JSON.parse(await readFile(file, 'utf8')))).toMatchObject({
    name: 'stock-gateway',
    headers: {},
    prepare: [],
  });
});

test.each([
  ['{to}@c.us', '15550100002@c.us'],
  [
    { chat: '{to}', nested: [{ text: 'a {text}' }] },
    { chat: '15550100002', nested: [{ text: 'a "b"' }] },
  ],
  ['{unknown} stays', '{unknown} stays'],
  [7, 7],
])('%j is filled', (template, filled) => {
  expect(fill<unknown>(template, { to: '15550100002', text: '"b"' })).toEqual(filled);
});

test.each([
  ['{"data":{"message":{"body":"hi"}}}', 'hi'],
  ['{"data":{"message":{"body":7}}}', undefined],
  ['{"data":null}', undefined],
  ['[1]', undefined],
  ['no JSON', undefined],
])('the text in %s is %j', (json, text) => {
  expect(textAt(json, 'data.message.body')).toBe(text);
});

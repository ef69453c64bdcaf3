import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { Adapter, fill, gatewayOf, textAt } from './adapter.ts';

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

test('a gateway is called as its adapter says', async () => {
  const calls: unknown[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const { method, url, headers } = request;
      calls.push([method, url, headers['x-api-key'], body]);
      response.end('{"data":{"qr":"2@code"}}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const gateway = gatewayOf(
    Adapter.parse({
      name: 'example',
      start: { command: 'true' },
      baseUrl: `http://127.0.0.1:${port}`,
      headers: { 'x-api-key': 'secret' },
      prepare: [
        { method: 'POST', path: '/sessions', body: { webhook: '{webhookUrl}' } },
        { method: 'POST', path: '/sessions/1/start' },
      ],
      qr: { path: '/qr', field: 'data.qr' },
      send: { path: '/send', body: { chatId: '{to}@c.us', text: '{text}' } },
      webhook: { text: 'text' },
    }),
    { webhookUrl: 'http://127.0.0.1:1/' },
  );
  await gateway.prepare();
  expect(await gateway.qr()).toBe('2@code');
  await gateway.send('15550100002', 'hi');
  expect(calls).toEqual([
    ['POST', '/sessions', 'secret', '{"webhook":"http://127.0.0.1:1/"}'],
    ['POST', '/sessions/1/start', 'secret', ''],
    ['GET', '/qr', 'secret', ''],
    ['POST', '/send', 'secret', '{"chatId":"15550100002@c.us","text":"hi"}'],
  ]);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

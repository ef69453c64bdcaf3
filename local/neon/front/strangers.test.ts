import { once } from 'node:events';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { neon, neonConfig } from '@neondatabase/serverless';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestNeon, type TestNeon } from '../testing/server.ts';

let server: TestNeon;
let url = '';
beforeAll(async () => {
  server = await startTestNeon();
  url = await server.createDatabase();
  neonConfig.fetchEndpoint = server.sqlUrl;
}, 120_000);
afterAll(() => server.close());

test.each([
  ['another host', { host: 'evil.example' }],
  ['another host that begins alike', { host: '127.0.0.1.evil.example' }],
  ['a page of another site', { origin: 'https://evil.example' }],
  ['a page of another port', { origin: 'http://127.0.0.1:1' }],
  ['a page of no origin', { origin: 'null' }],
])('%s is refused', async (_who, headers) => {
  const { port } = new URL(server.url);
  const asked = request({ host: '127.0.0.1', port, path: '/sql', method: 'POST', headers });
  asked.setHeader('neon-connection-string', url);
  asked.end(JSON.stringify({ query: 'select 1', params: [] }));
  const [response] = await once(asked, 'response');
  expect(response.statusCode).toBe(403);
  expect(await text(response)).toMatch(/127\.0\.0\.1/);
});

test('no password crosses the wire', async () => {
  const rows = await neon(url)`select distinct auth_method from pg_hba_file_rules`;
  expect(rows).toEqual([{ auth_method: 'scram-sha-256' }]);
});

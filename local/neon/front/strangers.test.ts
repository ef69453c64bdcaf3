import { once } from 'node:events';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { neonConfig, Pool } from '@neondatabase/serverless';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { startTestNeon, type TestNeon } from '../testing/server.ts';

let server: TestNeon;
let url = '';
beforeAll(async () => {
  server = await startTestNeon();
  url = await server.createDatabase();
  neonConfig.wsProxy = () => server.wsProxy;
  neonConfig.useSecureWebSocket = false;
  neonConfig.pipelineConnect = false;
}, 120_000);
afterAll(() => server.close());

/** Opens a WebSocket; the status of the answer when it is refused. */
async function open(headers: Record<string, string> = {}): Promise<WebSocket | number> {
  const socket = new WebSocket(server.wsUrl, { headers });
  return new Promise((resolve) => {
    socket.once('open', () => resolve(socket));
    socket.once('error', () => undefined);
    socket.once('unexpected-response', (_request, { statusCode }) => resolve(statusCode ?? 0));
  });
}

function newPool(): Pool {
  const pool = new Pool({ connectionString: url, max: 1 });
  // The server may hang up first when both close.
  pool.on('error', () => undefined);
  return pool;
}

async function opened(): Promise<WebSocket> {
  const socket = await open();
  if (typeof socket === 'number') throw new Error(`refused with ${socket}`);
  return socket;
}

describe.each([
  ['another host', { host: 'evil.example' }],
  ['another host that begins alike', { host: '127.0.0.1.evil.example' }],
  ['a page of another site', { origin: 'https://evil.example' }],
  ['a page of another port', { origin: 'http://127.0.0.1:1' }],
  ['a page of no origin', { origin: 'null' }],
])('%s is refused', (_who, headers) => {
  test('over WebSocket', async () => {
    expect(await open(headers)).toBe(403);
  });

  test('over HTTP', async () => {
    const { port } = new URL(server.url);
    const asked = request({ host: '127.0.0.1', port, path: '/sql', method: 'POST', headers });
    asked.setHeader('neon-connection-string', url);
    asked.end(JSON.stringify({ query: 'select 1', params: [] }));
    const [response] = await once(asked, 'response');
    expect(response.statusCode).toBe(403);
    expect(await text(response)).toMatch(/127\.0\.0\.1/);
  });
});

describe('before its password was found good, a client', () => {
  test('has seconds', async () => {
    const socket = await opened();
    const startedAt = Date.now();
    await once(socket, 'close');
    expect(Date.now() - startedAt).toBeGreaterThan(4_000);
  });

  test('may not say much', async () => {
    const socket = await opened();
    const startedAt = Date.now();
    socket.send(Buffer.alloc(40 * 1024));
    await once(socket, 'close');
    expect(Date.now() - startedAt).toBeLessThan(4_000);
  });

  test('is one of twenty at most; those that signed in are not held up', async () => {
    const pool = newPool();
    const client = await pool.connect();
    const waiting = await Promise.all(Array.from({ length: 20 }, opened));
    expect(await open()).toBe(503);
    const long = 'x'.repeat(100_000);
    expect((await client.query('select length($1) as n', [long])).rows).toEqual([{ n: 100_000 }]);
    // Longer than a stranger has: all of them are hung up on, and the place of each is free again.
    await Promise.all(waiting.map((socket) => once(socket, 'close')));
    expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    (await opened()).terminate();
    client.release();
    await pool.end();
  });
});

test('no password crosses the wire', async () => {
  const pool = newPool();
  const { rows } = await pool.query('select distinct auth_method from pg_hba_file_rules');
  expect(rows).toEqual([{ auth_method: 'scram-sha-256' }]);
  await pool.end();
});

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';

/** Says what it was asked, and by whom as far as Cloudflare would know. */
const WORKER = `
export default {
  fetch: (request) => Response.json({
    url: request.url,
    mode: request.headers.get('sec-fetch-mode'),
    address: request.headers.get('cf-connecting-ip'),
    client: request.cf?.clientIp.replace(/:\\d+$/, ''),
  }),
  scheduled: () => undefined,
};
`;
const Answer = z.object({
  url: z.string(),
  mode: z.string().nullable(),
  address: z.string().nullable(),
  client: z.string().optional(),
});

let dataDir = '';
let child: ChildProcess;
let port = 0;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'waypost-edge-'));
  const script = join(dataDir, 'worker.js');
  const assets = join(dataDir, 'assets');
  await writeFile(script, WORKER);
  await mkdir(assets);
  await writeFile(join(assets, 'file.txt'), 'a file');
  const program = fileURLToPath(new URL('testing/run-worker.ts', import.meta.url));
  child = fork(program, [dataDir, script, assets]);
  const [message] = await once(child, 'message');
  port = Number(new URL(z.object({ url: z.string() }).parse(message).url).port);
});
afterAll(async () => {
  child.disconnect();
  await once(child, 'exit');
  await rm(dataDir, { recursive: true });
});

/** As a program writes it: `fetch` keeps some of these headers to itself. */
async function ask(path: string, headers: Record<string, string> = {}) {
  const sent = request({ host: '127.0.0.1', port, path, headers });
  sent.end();
  const [response] = await once(sent, 'response');
  return Answer.parse(JSON.parse(await text(response)));
}

test.each([
  '/cdn-cgi/local/scheduled',
  '/cdn-cgi/local/email',
  '/cdn-cgi/local/platform-proxy',
  '/cdn-cgi/local/explorer',
  '/cdn-cgi/mf/stream',
  '/file.txt',
])('%s is a path like any other', async (path) => {
  const { url } = await ask(path);
  expect(new URL(url).pathname).toBe(path);
});

test.each([
  ['MF-Original-URL', 'https://evil.example/v1'],
  ['MF-Route-Override', 'another'],
  ['MF-Proxy-Shared-Secret', 'guess'],
  ['MF-Sec-Fetch-Mode', 'navigate'],
  ['MF-CF-Blob', '{"clientIp":"192.0.2.1:1"}'],
  ['MF-Op', 'GET'],
  ['X-Forwarded-Proto', 'https'],
])('%s changes nothing', async (name, value) => {
  const plain = await ask('/v1/sessions?x=1');
  expect(plain).toEqual({
    url: `http://127.0.0.1:${port}/v1/sessions?x=1`,
    mode: null,
    address: null,
    client: '127.0.0.1',
  });
  expect(await ask('/v1/sessions?x=1', { [name]: value })).toEqual(plain);
});

test('nobody is connected to what is inside', async () => {
  const asked = request({
    host: '127.0.0.1',
    port,
    method: 'CONNECT',
    path: 'miniflare-unsafe-internal-capnp-connect',
  });
  asked.end();
  const [response] = await once(asked, 'connect');
  expect(response.statusCode).toBeGreaterThanOrEqual(400);
});

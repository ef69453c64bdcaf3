import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { VERSION } from '../../shared/version.ts';
import { ownMigrations } from '../migrations.ts';

/* The program, against a served stand-in of the edge: what the doors of a real one say is edge/api/open's to test. */
const TOKEN = 'a token of the operator';
const up = { status: 'up', durationMs: 1 };
const ANSWERS: Record<string, unknown> = {
  '/health': { status: 'ok' },
  '/ready': { status: 'ready', dependencies: { database: up, redis: up, qstash: up, objects: up } },
  '/diagnosis': {
    version: VERSION,
    callback: { ...up, url: 'http://edge' },
    mail: up,
    record: {
      clockAheadMs: 0,
      migrations: ownMigrations().length,
      cronAgeSeconds: 10,
      runners: [{ id: 'r', version: VERSION, draining: false, heartbeatAgeSeconds: 1, probe: up }],
    },
  },
};

let server: Server;
let url = '';
beforeAll(async () => {
  server = createServer((request, response) => {
    // As a proxy takes a path away.
    const path = (request.url ?? '').replace(/^\/below/, '');
    const answer = ANSWERS[path];
    const isOperator = request.headers.authorization === `Bearer ${TOKEN}`;
    const isOpen = path === '/health';
    const status = isOpen || isOperator ? 200 : 401;
    response.writeHead(status, { 'content-type': 'application/json' });
    const data = typeof answer === 'object' ? { ...answer, baseUrl: url } : answer;
    const error = { code: 'UNAUTHORIZED', message: 'no' };
    response.end(
      JSON.stringify(status === 200 ? { success: true, data } : { success: false, error }),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});
afterAll(() => server.close());

const Failed = z.object({ code: z.number(), stdout: z.string(), stderr: z.string() });
async function doctor(args: string[], env: Record<string, string> = {}) {
  const program = join(import.meta.dirname, 'main.ts');
  try {
    const done = await promisify(execFile)(process.execPath, [program, ...args], { env });
    return { ...done, code: 0 };
  } catch (error) {
    return Failed.parse(error);
  }
}

test('all well: a line for each check, and it exits 0', async () => {
  const { code, stdout } = await doctor(['--url', url], { METRICS_TOKEN: TOKEN });
  expect([code, stdout]).toEqual([0, expect.stringContaining('ok    cron')]);
  expect(stdout).not.toMatch(/FAIL|WARN/);
  expect(stdout).not.toContain(TOKEN);
});

test('a deployment below a path of its host is asked there', async () => {
  const { code, stdout } = await doctor(['--url', `${url}/below/`], { METRICS_TOKEN: TOKEN });
  expect([code, stdout]).toEqual([0, expect.stringContaining('ok    cron')]);
});

test('something is broken: the line says what to do, and it exits 1', async () => {
  const { code, stdout } = await doctor(['--url', url, '--json'], { METRICS_TOKEN: 'another' });
  expect([code, JSON.parse(stdout)]).toMatchObject([1, { ok: false }]);
  expect(stdout).toContain('Set METRICS_TOKEN in this shell');
});

test('without a token or a deployment it says how it is called, and exits 2', async () => {
  expect(await doctor(['--url', url])).toMatchObject({ code: 2 });
  const elsewhere = await doctor([], { WAYPOST_DIR: '/nowhere' });
  expect([elsewhere.code, elsewhere.stderr]).toEqual([2, expect.stringContaining('--url')]);
});

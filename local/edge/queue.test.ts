import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it, vi } from 'vitest';
import { z } from 'zod';

/** Sends to the queue of wrangler.toml, refuses each batch the first time, and keeps what comes after that. */
const WORKER = `
import { DurableObject } from 'cloudflare:workers';
export class Counter extends DurableObject {
  async keep(received) {
    const before = (await this.ctx.storage.get('received')) ?? [];
    await this.ctx.storage.put('received', [...before, ...received]);
  }
  async received() {
    return (await this.ctx.storage.get('received')) ?? [];
  }
}
export default {
  async fetch(request, env) {
    if (request.method === 'GET') return Response.json(await env.COUNTER.getByName('only').received());
    await env.AUDIT_QUEUE.send(await request.json());
    return Response.json('sent');
  },
  async queue(batch, env) {
    if (batch.messages.some(({ attempts }) => attempts === 1)) return batch.retryAll({ delaySeconds: 0 });
    const received = batch.messages.map(({ body, attempts }) => ({ queue: batch.queue, body, attempts }));
    await env.COUNTER.getByName('only').keep(received);
  },
};
`;

let dataDir = '';
let child: ChildProcess | undefined;
afterEach(async () => {
  child?.disconnect();
  if (child !== undefined) await once(child, 'exit');
  await rm(dataDir, { recursive: true, force: true });
});

it('a message of the audit queue reaches the consumer, and again after the batch was refused', async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'waypost-edge-'));
  const script = join(dataDir, 'worker.js');
  await writeFile(script, WORKER);
  child = fork(fileURLToPath(new URL('testing/run-worker.ts', import.meta.url)), [dataDir, script]);
  const [message] = await once(child, 'message');
  const { url } = z.object({ url: z.string() }).parse(message);

  const body = { id: 'aud_1', status: 200, address: null };
  const sent = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
  expect(await sent.json()).toBe('sent');
  const received = async (): Promise<unknown> => (await fetch(url)).json();
  await vi.waitFor(
    async () => expect(await received()).toEqual([{ queue: 'waypost-audit', body, attempts: 2 }]),
    { timeout: 10_000, interval: 100 },
  );
});

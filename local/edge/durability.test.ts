import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import { z } from 'zod';

/** A Durable Object that counts: each answer is a write that was acknowledged. */
const WORKER = `
import { DurableObject } from 'cloudflare:workers';
export class Counter extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    ctx.storage.sql.exec('create table if not exists hits (n integer primary key)');
  }
  hit() {
    const { n } = this.ctx.storage.sql.exec('insert into hits default values returning n').one();
    return n;
  }
  count() {
    return this.ctx.storage.sql.exec('select count(*) as n from hits').one().n;
  }
}
export default {
  async fetch(request, env) {
    const counter = env.COUNTER.getByName('only');
    const path = new URL(request.url).pathname;
    return Response.json(path === '/hit' ? await counter.hit() : await counter.count());
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

async function start(script: string): Promise<string> {
  child = fork(fileURLToPath(new URL('testing/run-worker.ts', import.meta.url)), [dataDir, script]);
  const [message] = await once(child, 'message');
  return z.object({ url: z.string() }).parse(message).url;
}

it('Durable Object storage keeps every acknowledged write over kill -9', async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'waypost-edge-'));
  const script = join(dataDir, 'worker.js');
  await writeFile(script, WORKER);
  let url = await start(script);
  let acknowledged = 0;
  const killed = new Promise<void>((resolve) => {
    setTimeout(() => {
      child?.kill('SIGKILL');
      resolve();
    }, 300);
  });
  const hit = async (): Promise<boolean> => {
    const answer = await fetch(`${url}/hit`).catch(() => undefined);
    if (answer?.ok !== true) return false;
    acknowledged = Math.max(acknowledged, z.number().parse(await answer.json()));
    return true;
  };
  const writer = async (): Promise<void> => {
    while (child?.signalCode === null && (await hit()));
  };
  await Promise.all([killed, writer(), writer(), writer()]);
  expect(acknowledged).toBeGreaterThan(0);

  url = await start(script);
  const kept = z.number().parse(await (await fetch(`${url}/count`)).json());
  expect(kept).toBeGreaterThanOrEqual(acknowledged);
});

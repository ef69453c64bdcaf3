import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { signUp } from '../testing/account.ts';
import { startDeployment, type Deployment } from '../testing/deployment.ts';
import { startFileServer } from '../testing/file-server.ts';
import { type LoadRequest, runLoad } from '../testing/load.ts';
import { percentile } from '../testing/stats.ts';
import { treePids } from './process-tree.ts';
import type { Row } from './report.ts';

/** What an attacker sends at no cost of their own, and how much of it. */
type Attack = { what: string; clients: number; each: number; request: () => LoadRequest };

/** The most that `GET /health` may take meanwhile, p99. */
const HEALTH_GOAL_MS = 200;
const PROBE_EVERY_MS = 10;
const LARGE_PNG = 'large.png';

/** How long a bystander waits, and what the Worker grows to, while somebody sends what costs much to answer. */
export async function attack(tell: (text: string) => void): Promise<Row[]> {
  const files = await startFileServer();
  const deployment = await startDeployment({ environment: { EGRESS_ALLOW: files.host } });
  try {
    const rows: Row[] = [];
    const quiet = await healthDuring(deployment, () => sleep(5_000));
    for (const one of await attacks(deployment, files.url(LARGE_PNG))) {
      const before = await workerRssMiB(deployment);
      const statuses: Record<number, number> = {};
      const { p99, peakMiB } = await healthDuring(deployment, async () => {
        const { apiUrl } = await deployment.facts();
        const load = await runLoad({
          url: apiUrl,
          clients: one.clients,
          requestsPerClient: one.each,
          requestOf: one.request,
        });
        Object.assign(statuses, load.statuses);
      });
      const row: Row = {
        what: `GET /health, p99, during ${one.what}`,
        unit: 'ms',
        actual: p99,
        goal: HEALTH_GOAL_MS,
        beside: { what: 'in quiet', actual: quiet.p99 },
      };
      const grown: Row = {
        what: `workerd, largest, during ${one.what}`,
        unit: 'MiB',
        actual: peakMiB,
        beside: { what: 'before', actual: before },
      };
      rows.push(row, grown);
      const answers = JSON.stringify(statuses);
      tell(`  ${one.what}: ${p99.toFixed(0)} ms, ${peakMiB.toFixed(0)} MiB, answers ${answers}`);
    }
    return rows;
  } finally {
    await deployment.dispose();
    await files.close();
  }
}

async function attacks(deployment: Deployment, imageUrl: string): Promise<Attack[]> {
  const { apiKey, sessionId } = await deployment.facts();
  const own = { authorization: `Bearer ${apiKey}` };
  const { email } = await signUp(deployment, 'bench-attacked');
  const entries = Array.from({ length: 3_000 }, (_, index) => [`x-header-${index}`, 'v']);
  const post = (path: string, headers: Record<string, string>, body: unknown) => ({
    method: 'POST',
    path,
    headers,
    body,
  });
  return [
    {
      what: 'images of 16 MB, 40 at once',
      clients: 40,
      each: 2,
      request: () =>
        post('/v1/messages/image', own, { sessionId, to: '+15550100001', url: imageUrl }),
    },
    {
      what: 'records of 3,000 headers',
      clients: 8,
      each: 50,
      request: () =>
        post('/v1/webhooks', own, {
          url: 'https://example.com/hook',
          events: ['*'],
          headers: Object.fromEntries(entries),
        }),
    },
    {
      what: 'paths that lead nowhere',
      clients: 32,
      each: 100,
      request: () => ({ method: 'GET', path: `/${'x'.repeat(8_000)}` }),
    },
    {
      what: 'questions whether it is ready',
      clients: 32,
      each: 100,
      request: () => ({ method: 'GET', path: '/ready' }),
    },
    {
      what: 'wrong passwords',
      clients: 16,
      each: 10,
      request: () => post('/auth/sign-in/email', {}, { email, password: crypto.randomUUID() }),
    },
    {
      what: 'keys that do not exist',
      clients: 32,
      each: 100,
      request: () => ({
        method: 'GET',
        path: '/v1/messages',
        headers: { authorization: `Bearer wp_live_${crypto.randomUUID()}` },
      }),
    },
  ];
}

/** Asks for /health again and again while something else goes on. */
async function healthDuring(
  deployment: Deployment,
  work: () => Promise<unknown>,
): Promise<{ p99: number; peakMiB: number }> {
  const { apiUrl } = await deployment.facts();
  const sample: number[] = [];
  let peakMiB = 0;
  let over = false;
  const probing = (async () => {
    while (!over) {
      const sentAt = performance.now();
      const answer = await fetch(new URL('/health', apiUrl));
      await answer.text();
      sample.push(performance.now() - sentAt);
      if (answer.status !== 200) throw new Error(`/health answered ${answer.status}`);
      await sleep(PROBE_EVERY_MS);
    }
  })();
  const weighing = (async () => {
    while (!over) {
      peakMiB = Math.max(peakMiB, await workerRssMiB(deployment));
      await sleep(100);
    }
  })();
  await work();
  over = true;
  await Promise.all([probing, weighing]);
  return { p99: percentile(sample, 0.99), peakMiB };
}

/** Resident memory of the workerd process, in MiB. Linux only. */
async function workerRssMiB(deployment: Deployment): Promise<number> {
  const { services } = await deployment.facts();
  const edge = services.find(({ name }) => name === 'edge')?.pid;
  if (edge === undefined) throw new Error('the edge has no pid');
  for (const pid of await treePids(edge)) {
    const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '');
    if (name.trim() !== 'workerd') continue;
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024;
  }
  throw new Error('the edge runs no workerd');
}

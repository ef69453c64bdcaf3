import { startDeployment, type Deployment } from '../testing/deployment.ts';
import { gatherCrowd } from './crowd.ts';
import { failover, failoverRows } from './failover.ts';
import { frontDoor } from './front-door.ts';
import { login } from './login.ts';
import { inboundToWebhook, sendAccepted, sendToSent } from './latency.ts';
import { memory, openSession, stockBeside } from './memory.ts';
import type { Row } from './report.ts';
import { sessionTimes } from './sessions.ts';
import { throughput } from './throughput.ts';
import { upstreamSteps } from './upstream.ts';
import { worker } from './worker.ts';

/** What most people would ask: memory, latency, throughput, start-up, and how long a killed runner is missed. */
export async function overview(tell: (text: string) => void): Promise<Row[]> {
  tell('Starting a deployment in a temporary folder …');
  const rows = await measureOneRunner(tell);
  tell('Starting another, with two runners, to kill them …');
  return [...rows, ...failoverRows(await failover(tell))];
}

async function measure(deployment: Deployment, tell: (text: string) => void): Promise<Row[]> {
  const rows: Row[] = [];
  const add = (row: Row): void => {
    rows.push(row);
    tell(`  ${row.what}: ${row.actual.toFixed(1)} ${row.unit}`);
  };
  const { sessionId } = await deployment.facts();
  // The memory rows count their own sessions only: the one that npm start made goes first.
  await deployment.api.call('DELETE', `/v1/sessions/${sessionId}`);
  for (const row of await memory(deployment)) add(row);
  const first = await openSession(deployment, 'bench-1');
  const stock = await stockBeside(deployment, first);
  try {
    await stock.start(1);
    const accepted = await sendAccepted(deployment);
    add({ what: 'send accepted, p50', unit: 'ms', actual: accepted.p50 });
    add({ what: 'send accepted, p99', unit: 'ms', actual: accepted.p99 });
    const sent = await sendToSent(deployment, first);
    add({ what: 'send → sent, p50', unit: 'ms', actual: sent.p50 });
    add({ what: 'send → sent, p99', unit: 'ms', actual: sent.p99 });
    const inbound = await inboundToWebhook(deployment, first);
    add({ what: 'inbound → webhook received, p50', unit: 'ms', actual: inbound.p50 });
    add({ what: 'inbound → webhook received, p99', unit: 'ms', actual: inbound.p99 });
    const { waypost, bare } = await throughput(deployment, first, stock);
    add({
      what: 'messages through one session, pacing off, each awaiting its ack',
      unit: '/s',
      actual: waypost,
      beside: { what: 'bare client.sendMessage', actual: bare },
    });
  } finally {
    await stock.stop();
  }
  for (const { clients, authenticated, open } of await frontDoor(deployment)) {
    const by = clients === 1 ? 'one client' : `${clients} clients`;
    for (const figure of ['p50', 'p99'] as const)
      add({
        what: `authenticated no-op, ${by}, ${figure}`,
        unit: 'ms',
        actual: authenticated[figure],
        beside: { what: 'GET /health', actual: open[figure] },
      });
    add({
      what: `authenticated no-ops, ${by}`,
      unit: '/s',
      actual: authenticated.perSecond,
      beside: { what: 'GET /health', actual: open.perSecond },
    });
  }
  for (const { what, calls, steps } of await upstreamSteps(deployment, first.id)) {
    add({ what: `upstream calls, ${what}`, unit: '', actual: calls });
    add({ what: `upstream steps one after the other, ${what}`, unit: '', actual: steps });
  }
  add({ what: 'login, p50', unit: 'ms', actual: (await login(deployment)).p50 });
  const crowd = await gatherCrowd(deployment);
  const many = await crowd.run();
  const failed = Object.entries(many.statuses).filter(([status]) => !status.startsWith('2'));
  const served = `${crowd.clients} clients with distinct keys, reading and sending`;
  add({ what: `${served}, p95`, unit: 'ms', actual: many.p95 });
  add({ what: served, unit: '/s', actual: many.perSecond });
  add({
    what: `${served}: answers other than 2xx`,
    unit: '',
    actual: failed.reduce((sum, [, count]) => sum + count, 0),
  });
  const times = await sessionTimes(deployment);
  add({ what: 'start → QR', unit: 'ms', actual: times.startToQrMs, goal: 2_000 });
  add({ what: 'restore → online', unit: 'ms', actual: times.restoreToOnlineMs });
  const { bundleKiB, gzipKiB, startMs, emptyStartMs } = await worker(deployment);
  add({ what: 'Worker bundle', unit: 'KiB', actual: bundleKiB });
  add({ what: 'Worker bundle, gzip', unit: 'KiB', actual: gzipKiB });
  add({
    what: 'Worker start → first answer',
    unit: 'ms',
    actual: startMs,
    beside: { what: 'an empty Worker', actual: emptyStartMs },
  });
  return rows;
}

/** One runner: what it takes is divided by the sessions on it. */
async function measureOneRunner(tell: (text: string) => void): Promise<Row[]> {
  const deployment = await startDeployment({ environment: { WAYPOST_RUNNERS: '1' } });
  try {
    return await measure(deployment, tell);
  } finally {
    await deployment.dispose();
  }
}

import { access, constants, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startDeployment, type Deployment } from '../testing/deployment.ts';
import { inheritedEnvironment } from '../testing/env.ts';
import { settingsOf } from '../testing/settings.ts';
import { onlineSession } from '../testing/session.ts';
import { worldOf } from '../testing/world.ts';
import { crowd } from './crowd.ts';
import { frontDoor } from './front-door.ts';
import { login } from './login.ts';
import type { BenchSession } from './session.ts';
import { inboundToWebhook, sendAccepted, sendToSent } from './latency.ts';
import { treePssMiB } from './process-tree.ts';
import { reportOf, type Row } from './report.ts';
import { sessionTimes } from './sessions.ts';
import { startStock, type Stock } from './stock.ts';
import { throughput } from './throughput.ts';
import { upstreamSteps } from './upstream.ts';
import { worker } from './worker.ts';

const MEMORY_GOAL = 0.6;
const results = fileURLToPath(new URL('results/', import.meta.url));

async function openSession(deployment: Deployment, name: string): Promise<BenchSession> {
  const { id, phoneNumber } = await onlineSession(deployment, name);
  return { id, ...(await worldOf(deployment, phoneNumber)) };
}

async function stockBeside(deployment: Deployment, session: BenchSession): Promise<Stock> {
  const { ports, secrets } = await settingsOf(deployment.directory);
  return startStock({
    url: `http://127.0.0.1:${ports.sandbox}`,
    token: secrets.sandboxToken,
    world: session.at.world,
    chromium: await windowedChromium(),
  });
}

/** Stock whatsapp-web.js runs a whole browser, headless by an option: one that is installed, else ours. */
async function windowedChromium(): Promise<string> {
  const { PATH = '', PUPPETEER_EXECUTABLE_PATH = '' } = inheritedEnvironment();
  for (const folder of PATH.split(delimiter)) {
    const path = join(folder, 'chromium');
    if (
      await access(path, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return path;
  }
  return PUPPETEER_EXECUTABLE_PATH;
}

/** Memory of `count` linked sessions: our runner's whole tree, and stock whatsapp-web.js's. */
async function memory(deployment: Deployment, stock: Stock, count: number): Promise<Row> {
  await stock.start(count);
  const { runners } = await deployment.facts();
  const ours = await treePssMiB(runners[0]?.pid ?? 0);
  const theirs = await treePssMiB(stock.pid);
  return {
    what: `memory per session at ${count} (PSS, runner and browsers)`,
    unit: 'MiB',
    actual: ours.pssMiB / count,
    beside: { what: 'stock whatsapp-web.js', actual: theirs.pssMiB / count, goal: MEMORY_GOAL },
  };
}

async function measure(deployment: Deployment, tell: (text: string) => void): Promise<Row[]> {
  const rows: Row[] = [];
  const add = (row: Row): void => {
    rows.push(row);
    tell(`  ${row.what}: ${row.actual.toFixed(1)} ${row.unit}`);
  };
  const { sessionId } = await deployment.facts();
  // One session at a time for the memory rows: the one that npm start made goes first.
  await deployment.api.call('DELETE', `/v1/sessions/${sessionId}`);
  const first = await openSession(deployment, 'bench-1');
  const stock = await stockBeside(deployment, first);
  try {
    add(await memory(deployment, stock, 1));
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
    await openSession(deployment, 'bench-2');
    await openSession(deployment, 'bench-3');
    add(await memory(deployment, stock, 3));
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
  const many = await crowd(deployment);
  const failed = Object.entries(many.statuses).filter(([status]) => !status.startsWith('2'));
  const served = `${many.clients} clients with distinct keys, reading and sending`;
  add({ what: `${served}, p95`, unit: 'ms', actual: many.p95 });
  add({ what: served, unit: '/s', actual: many.perSecond });
  add({
    what: `${served}: answers other than 2xx`,
    unit: '',
    actual: failed.reduce((sum, [, count]) => sum + count, 0),
  });
  const times = await sessionTimes(deployment);
  add({ what: 'start → QR', unit: 'ms', actual: times.startToQrMs });
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

const tell = (text: string): void => console.log(text);
tell('Starting a deployment in a temporary folder …');
// One runner: what it takes is divided by the sessions on it.
const deployment = await startDeployment({ environment: { WAYPOST_RUNNERS: '1' } });
try {
  const rows = await measure(deployment, tell);
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown CPU'}, Node ${process.versions.node}`;
  const report = reportOf(rows, { at: new Date(), machine });
  await writeFile(join(results, 'latest.md'), report.markdown);
  await writeFile(join(results, 'latest.svg'), report.svg);
  await writeFile(join(results, 'latest.json'), `${JSON.stringify({ machine, rows }, null, 2)}\n`);
  tell(`\n${report.markdown}\nSaved to e2e/bench/results/.`);
} finally {
  await deployment.dispose();
}
process.disconnect?.();

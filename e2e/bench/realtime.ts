import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { type Deployment, startDeployment } from '../testing/deployment.ts';
import { percentiles } from '../testing/stats.ts';
import { until } from '../testing/until.ts';
import { openSession } from './memory.ts';
import { cpuBetween, useOf } from './parts.ts';
import type { Row } from './report.ts';
import type { BenchSession } from './session.ts';

const SOCKETS = 1_000;
/** Connections that are being opened at once. */
const AT_ONCE = 20;
/** Events one after the other, each when all sockets have the one before, and then events without a pause. */
const EVENTS = 100;
const FLOOD = 200;
const SETTLE_MS = 15_000;

/** What a socket has had: the `seq` of each event, and when the last one came. */
type Reader = { socket: WebSocket; seqs: number[]; lastAt: number; closed: string | null };

/** 1,000 WebSockets on the hub of one workspace: how long an event takes to reach all, what they take up, what is lost. */
export async function realtime(tell: (text: string) => void): Promise<Row[]> {
  tell('Starting a deployment in a temporary folder …');
  const deployment = await startDeployment({ environment: { WAYPOST_RUNNERS: '1' } });
  try {
    const session = await openSession(deployment, 'bench-realtime');
    const rows = await measure(deployment, session);
    for (const { what, actual, unit } of rows) tell(`  ${what}: ${actual.toFixed(1)} ${unit}`);
    return rows;
  } finally {
    await deployment.dispose();
  }
}

async function measure(deployment: Deployment, session: BenchSession): Promise<Row[]> {
  const memory = async (): Promise<number> => (await useOf(deployment)).get('workerd')?.pssMiB ?? 0;
  await sleep(SETTLE_MS);
  const before = await memory();
  const openedAt = performance.now();
  const readers = await openAll(deployment, session.id);
  const openMs = performance.now() - openedAt;
  await sleep(SETTLE_MS);
  const open = await memory();

  const useBefore = await useOf(deployment);
  const toAll: number[] = [];
  const spread: number[] = [];
  for (let event = 1; event <= EVENTS; event += 1) {
    const startedAt = performance.now();
    await session.phone.message({ ...session.at, from: WRITER, body: `event ${event}` });
    await allHave(readers, event);
    const times = readers.map(({ lastAt }) => lastAt);
    toAll.push(Math.max(...times) - startedAt);
    spread.push(Math.max(...times) - Math.min(...times));
  }
  const cpu = cpuBetween(useBefore, await useOf(deployment)).get('workerd') ?? 0;

  const floodAt = performance.now();
  await Promise.all(
    Array.from({ length: FLOOD }, (_, event) =>
      session.phone.message({ ...session.at, from: WRITER, body: `flood ${event}` }),
    ),
  );
  await allHave(readers, EVENTS + FLOOD);
  const floodSeconds = (performance.now() - floodAt) / 1_000;
  const after = await memory();
  const wrong = countWrong(readers);
  for (const { socket } of readers) socket.terminate();

  const [all, between] = [percentiles(toAll), percentiles(spread)];
  const frames = SOCKETS * EVENTS;
  return [
    {
      what: `${SOCKETS} sockets opened, ${AT_ONCE} at once`,
      unit: '/s',
      actual: (SOCKETS * 1_000) / openMs,
    },
    { what: 'message at the phone → event at all sockets, p50', unit: 'ms', actual: all.p50 },
    { what: 'message at the phone → event at all sockets, p99', unit: 'ms', actual: all.p99 },
    { what: 'first socket → last socket, p50', unit: 'ms', actual: between.p50 },
    { what: 'first socket → last socket, p99', unit: 'ms', actual: between.p99 },
    { what: 'CPU of workerd, a frame', unit: 'µs', actual: (cpu * 1_000) / frames },
    {
      what: `frames, ${FLOOD} events without a pause`,
      unit: '/s',
      actual: (SOCKETS * FLOOD) / floodSeconds,
    },
    { what: 'workerd, without sockets', unit: 'MiB', actual: before },
    { what: `workerd, ${SOCKETS} quiet sockets`, unit: 'MiB', actual: open },
    { what: 'workerd, a socket', unit: 'KiB', actual: ((open - before) * 1_024) / SOCKETS },
    { what: `workerd, after ${SOCKETS * (EVENTS + FLOOD)} frames`, unit: 'MiB', actual: after },
    {
      what: 'sockets that lost, repeated or reordered an event, or were closed',
      unit: '',
      actual: wrong,
      goal: 0,
    },
  ];
}

const WRITER = '15550100001';

async function openAll(deployment: Deployment, sessionId: string): Promise<Reader[]> {
  const { apiUrl, apiKey } = await deployment.facts();
  const address = `${apiUrl.replace('http', 'ws')}/v1/realtime?types=message.received&sessionIds=${sessionId}`;
  const readers: Reader[] = [];
  await Promise.all(
    Array.from({ length: AT_ONCE }, async (_, client) => {
      for (let number = client; number < SOCKETS; number += AT_ONCE)
        readers.push(await openOne(address, apiKey));
    }),
  );
  return readers;
}

function openOne(address: string, apiKey: string): Promise<Reader> {
  const socket = new WebSocket(address, { headers: { authorization: `Bearer ${apiKey}` } });
  const reader: Reader = { socket, seqs: [], lastAt: 0, closed: null };
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('close', (code) => (reader.closed = String(code)));
    socket.on('message', (data: Buffer) => {
      // Parsing 300,000 frames would be measured with what sends them.
      const text = data.toString('latin1');
      if (text.startsWith('{"type":"event"')) {
        reader.lastAt = performance.now();
        reader.seqs.push(Number(/"seq":(\d+)/.exec(text)?.[1]));
      } else if (text.startsWith('{"type":"check"')) socket.send(text);
      else if (text.startsWith('{"type":"ready"')) resolve(reader);
    });
  });
}

const allHave = (readers: readonly Reader[], count: number): Promise<boolean> =>
  until(
    `${count} events at all sockets`,
    async () => readers.every(({ seqs }) => seqs.length >= count) || undefined,
    120_000,
  );

function countWrong(readers: readonly Reader[]): number {
  const [first] = readers;
  const expected = first?.seqs.toSorted((a, b) => a - b).join();
  const isWhole = new Set(first?.seqs).size === EVENTS + FLOOD;
  return readers.filter(
    ({ seqs, closed }) => !isWhole || closed !== null || seqs.join() !== expected,
  ).length;
}

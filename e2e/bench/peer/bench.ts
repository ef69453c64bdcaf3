import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { inheritedEnvironment } from '../../testing/env.ts';
import { percentiles } from '../../testing/stats.ts';
import { until } from '../../testing/until.ts';
import { receiveMany } from '../cost/receive-many.ts';
import { useOfFamily } from '../parts.ts';
import { type Receiver, startReceiver } from '../receiver.ts';
import type { Row } from '../report.ts';
import { Adapter, fill, type Gateway, gatewayOf, textAt } from './adapter.ts';
import { type SimulatedWhatsApp, startSimulatedWhatsApp } from './simulated-whatsapp.ts';

/** The linked number, and the one it writes to. */
const AT = { world: 'peer', account: '15558880010' };
const TO = '15550100002';
const WARM_UP = 100;
const MESSAGES = 400;
const IDLE_MS = 15_000;
const AT_ONCE = [1, 10, 64];
/** Webhooks are over when none has come for so long. */
const QUIET_MS = 500;
const LINKED_WITHIN_MS = 120_000;

type Peer = {
  gateway: Gateway;
  phone: SimulatedWhatsApp['phone'];
  receiver: Receiver;
  pid: number;
};

/** `npm run bench -- peer FILE`: what a gateway costs that is described by the file, with our simulated WhatsApp as its own. */
export async function peerBench(
  file: string,
  tell: (text: string) => void,
): Promise<{ name: string; rows: Row[] }> {
  const adapter = Adapter.parse(JSON.parse(await readFile(file, 'utf8')));
  const receiver = await startReceiver((body) => textAt(body, adapter.webhook.text));
  const { phone, chromium, chromiumArgs, close } = await startSimulatedWhatsApp();
  const values = {
    chromium,
    chromiumArgs: JSON.stringify(chromiumArgs),
    webhookUrl: receiver.url,
  };
  tell(`Chromium's arguments: ${values.chromiumArgs}\nWebhooks go to ${receiver.url}`);
  const child = start(adapter, values);
  try {
    const peer = { gateway: gatewayOf(adapter, values), phone, receiver, pid: child.pid ?? 0 };
    await link(peer);
    const rows: Row[] = [];
    const add = (row: Row): void => {
      rows.push(row);
      tell(`  ${row.what}: ${row.actual.toFixed(1)} ${row.unit}`);
    };
    (await idleRows(peer)).forEach(add);
    await out(peer, WARM_UP, 10);
    for (const atOnce of AT_ONCE) (await outRows(peer, atOnce)).forEach(add);
    (await inRows(peer)).forEach(add);
    add({ what: 'memory, after all that', ...mib(await useOfFamily(peer.pid)) });
    return { name: adapter.name, rows };
  } finally {
    await end(child);
    await close();
    await receiver.close();
  }
}

function start({ start: { command, environment } }: Adapter, values: Record<string, string>) {
  return spawn('sh', ['-c', fill(command, values)], {
    env: { ...inheritedEnvironment(), ...fill(environment, values) },
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true,
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  // The whole group: a shell passes no signal on.
  process.kill(-child.pid, 'SIGTERM');
  await gone;
}

async function link({ gateway, phone }: Peer): Promise<void> {
  await until(
    'the gateway to be ready',
    async () => {
      await gateway.prepare();
      return true;
    },
    LINKED_WITHIN_MS,
  );
  const qr = await until('a QR code', () => gateway.qr(), LINKED_WITHIN_MS);
  await phone.scan({ world: AT.world, qr, phone: AT.account });
  await until(
    'a first message to be sent',
    async () => {
      await gateway.send(TO, 'linked');
      return true;
    },
    LINKED_WITHIN_MS,
  );
}

async function idleRows({ pid }: Peer): Promise<Row[]> {
  await sleep(IDLE_MS);
  const before = await useOfFamily(pid);
  await sleep(IDLE_MS);
  const after = await useOfFamily(pid);
  return [
    {
      what: 'idle CPU, one session',
      unit: 'ms/s',
      actual: (after.cpuMs - before.cpuMs) / (IDLE_MS / 1_000),
    },
    { what: 'memory, idle', ...mib(after) },
  ];
}

type Sent = { answers: number[]; toWire: number[]; perSecond: number };

/** Sends, and waits until every message is on the wire and no webhook comes any more. */
async function out(peer: Peer, messages: number, atOnce: number): Promise<Sent> {
  const { gateway, phone, receiver } = peer;
  const run = crypto.randomUUID().slice(0, 8);
  const calls = new Map<string, number>();
  const answers: number[] = [];
  let next = 0;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (next < messages) {
        next += 1;
        const text = `peer ${run} ${next}`;
        const at = performance.now();
        calls.set(text, performance.timeOrigin + at);
        await gateway.send(TO, text);
        answers.push(performance.now() - at);
      }
    }),
  );
  const wired = await until('every message to be on the wire', async () => {
    const { records } = await phone.wire({ ...AT, limit: 10_000 });
    const times = new Map(records.map(({ body, t }) => [body, t]));
    return [...calls.keys()].every((text) => times.has(text)) ? times : undefined;
  });
  await until('webhooks to be over', async () =>
    performance.now() - receiver.traffic().lastAt > QUIET_MS ? true : undefined,
  );
  const onWire = [...calls].map(([text, at]) => ({ at, t: wired.get(text) ?? Number.NaN }));
  const seconds =
    (Math.max(...onWire.map(({ t }) => t)) - Math.min(...onWire.map(({ at }) => at))) / 1_000;
  return { answers, toWire: onWire.map(({ at, t }) => t - at), perSecond: messages / seconds };
}

async function outRows(peer: Peer, atOnce: number): Promise<Row[]> {
  const how = atOnce === 1 ? 'one by one' : `${atOnce} at once`;
  const before = { ...(await useOfFamily(peer.pid)), ...peer.receiver.traffic() };
  const { answers, toWire, perSecond } = await out(peer, MESSAGES, atOnce);
  const after = { ...(await useOfFamily(peer.pid)), ...peer.receiver.traffic() };
  const rows: Row[] = [
    { what: `CPU a message out, ${how}`, ...ms((after.cpuMs - before.cpuMs) / MESSAGES) },
    {
      what: `webhooks a message, ${how}`,
      unit: '',
      actual: (after.requests - before.requests) / MESSAGES,
    },
    { what: `on the wire, one session, ${how}`, unit: '/s', actual: perSecond },
    { what: `answer, ${how}, p50`, ...ms(percentiles(answers).p50) },
  ];
  if (atOnce === 1) rows.push({ what: 'call → on the wire, p50', ...ms(percentiles(toWire).p50) });
  return rows;
}

async function inRows({ phone, receiver, pid }: Peer): Promise<Row[]> {
  const session = { phone, at: AT };
  await receiveMany({ session, receiver, messages: WARM_UP, perSecond: 20 });
  const before = await useOfFamily(pid);
  const took = await receiveMany({ session, receiver, messages: MESSAGES, perSecond: 20 });
  const after = await useOfFamily(pid);
  return [
    { what: 'inbound → webhook, 20 a second, p50', ...ms(percentiles(took).p50) },
    { what: 'inbound → webhook, 20 a second, p99', ...ms(percentiles(took).p99) },
    { what: 'CPU a message in', ...ms((after.cpuMs - before.cpuMs) / MESSAGES) },
  ];
}

const ms = (actual: number) => ({ unit: 'ms', actual });
const mib = ({ pssMiB }: { pssMiB: number }) => ({ unit: 'MiB', actual: pssMiB });

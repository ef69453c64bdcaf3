import { setTimeout as sleep } from 'node:timers/promises';
import { percentiles } from '../../testing/stats.ts';
import { type Beside, stocksBeside } from '../memory.ts';
import { cpuBetween, sumOf, useOf, useOfFamily } from '../parts.ts';
import type { Row } from '../report.ts';
import { receiveMany } from './receive-many.ts';
import type { Part } from './report.ts';
import { sendMany, wireTimes } from './send-many.ts';
import { type Subject, withSubject } from './subject.ts';

const IDLE_MS = 20_000;
const WARM_UP = 100;
/** Ours and theirs take turns, so that what else the machine does falls on both. */
const TURNS = 4;
const MESSAGES_A_TURN = 100;
/** A page goes on working after `sendMessage`: receipts come in. */
const RECEIPTS_MS = 1_000;
const OUT = [
  { how: 'one by one', atOnce: 1, goal: 45 },
  { how: '10 at once', atOnce: 10, goal: 25 },
  { how: '64 at once', atOnce: 64, goal: 20 },
];
const INBOUND = 400;
const INBOUND_PER_SECOND = 20;

/**
 * CPU time of a message by process, out with its three webhooks and in with its one, in turns with bare
 * `client.sendMessage` on the same page; and how long a message takes on its ways.
 */
export async function cpuPart(tell: (text: string) => void): Promise<Part> {
  const rows: Row[] = [];
  const add = (row: Row): void => {
    rows.push(row);
    tell(`  ${row.what}: ${row.actual.toFixed(1)} ${row.unit}`);
  };
  await withSubject(async (subject) => {
    add(await idleRow(subject));
    const stocks = await stocksBeside(subject.deployment, subject.session);
    try {
      for (const { stock } of stocks) {
        await stock.start(1);
        await stock.send(WARM_UP);
      }
      await sendMany({ ...subject, messages: WARM_UP, atOnce: 10 });
      for (const way of OUT) (await outRows(subject, stocks, way)).forEach(add);
    } finally {
      for (const { stock } of stocks) await stock.stop();
    }
    (await inRows(subject)).forEach(add);
  });
  return { rows };
}

async function idleRow({ deployment }: Subject): Promise<Row> {
  await sleep(IDLE_MS / 2);
  const before = await useOf(deployment);
  await sleep(IDLE_MS);
  const spent = sumOf(cpuBetween(before, await useOf(deployment)));
  return {
    what: 'idle CPU, one session',
    unit: 'ms/s',
    actual: spent / (IDLE_MS / 1_000),
    goal: 12,
  };
}

async function outRows(
  subject: Subject,
  stocks: Beside[],
  { how, atOnce, goal }: (typeof OUT)[number],
): Promise<Row[]> {
  const { deployment, session } = subject;
  const messages = TURNS * MESSAGES_A_TURN;
  const ours = new Map<string, number>();
  const theirs = stocks.map(() => 0);
  const answers: number[] = [];
  const toWire: number[] = [];
  let onWireSeconds = 0;
  for (let turn = 0; turn < TURNS; turn += 1) {
    const before = await useOf(deployment);
    const { calls } = await sendMany({ ...subject, messages: MESSAGES_A_TURN, atOnce });
    for (const [part, ms] of cpuBetween(before, await useOf(deployment)))
      ours.set(part, (ours.get(part) ?? 0) + ms / messages);
    const wired = await wireTimes(session);
    for (const [text, { at, took }] of calls) {
      answers.push(took);
      toWire.push((wired.get(text) ?? Number.NaN) - at);
    }
    const first = Math.min(...[...calls.values()].map(({ at }) => at));
    const last = Math.max(...[...calls.keys()].map((text) => wired.get(text) ?? Number.NaN));
    onWireSeconds += (last - first) / 1_000;
    for (const [index, { stock }] of stocks.entries()) {
      const start = await useOfFamily(stock.pid);
      await stock.send(MESSAGES_A_TURN, atOnce);
      await sleep(RECEIPTS_MS);
      const spent = (await useOfFamily(stock.pid)).cpuMs - start.cpuMs;
      theirs[index] = (theirs[index] ?? 0) + spent / messages;
    }
  }
  const parts = [...ours].toSorted(([, a], [, b]) => b - a).filter(([, ms]) => ms >= 0.1);
  return [
    { what: `CPU a message out, ${how}`, unit: 'ms', actual: sumOf(ours), goal },
    ...stocks.map(({ what }, index) => ({
      what: `CPU a message out, ${how}`,
      unit: 'ms',
      actual: sumOf(ours),
      beside: { what: `bare client.sendMessage with ${what}`, actual: theirs[index] ?? 0 },
    })),
    ...parts.map(([part, ms]) => ({ what: `– ${part}, ${how}`, unit: 'ms', actual: ms })),
    ...(atOnce === 1
      ? [
          { what: 'answer with `Prefer: wait=10`, p50', ...ms(percentiles(answers).p50), goal: 45 },
          { what: 'call → on the wire, p50', ...ms(percentiles(toWire).p50), goal: 15 },
        ]
      : [
          {
            what: `on the wire, one session, ${how}`,
            unit: '/s',
            actual: messages / onWireSeconds,
            ...(atOnce === 10 && { atLeast: 80 }),
          },
        ]),
  ];
}

async function inRows(subject: Subject): Promise<Row[]> {
  await receiveMany({ ...subject, messages: WARM_UP, perSecond: INBOUND_PER_SECOND });
  const before = await useOf(subject.deployment);
  const took = await receiveMany({
    ...subject,
    messages: INBOUND,
    perSecond: INBOUND_PER_SECOND,
  });
  const cpu = cpuBetween(before, await useOf(subject.deployment));
  const parts = [...cpu]
    .toSorted(([, a], [, b]) => b - a)
    .filter(([, each]) => each >= INBOUND / 10);
  return [
    { what: 'inbound → webhook, 20 a second, p50', ...ms(percentiles(took).p50), goal: 15 },
    { what: 'inbound → webhook, 20 a second, p99', ...ms(percentiles(took).p99), goal: 30 },
    { what: 'CPU a message in', ...ms(sumOf(cpu) / INBOUND), goal: 15 },
    ...parts.map(([part, each]) => ({ what: `– ${part}, in`, ...ms(each / INBOUND) })),
  ];
}

const ms = (actual: number) => ({ unit: 'ms', actual });

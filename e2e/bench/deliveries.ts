import { setTimeout as sleep } from 'node:timers/promises';
import { startDeployment } from '../testing/deployment.ts';
import { until } from '../testing/until.ts';
import { openSession } from './memory.ts';
import { cpuBetween, sumOf, useOf } from './parts.ts';
import { type Receiver, startReceiver } from './receiver.ts';
import type { Row } from './report.ts';

const ENDPOINTS = 10;
const EVENTS = 500;
const WARM_UP = 50;
const WRITERS = 20;
const QUIET_MS = 3_000;

/** Deliveries a second to ten endpoints that answer at once, and the CPU time of one, beside that of the events themselves. */
export async function deliveries(tell: (text: string) => void): Promise<Row[]> {
  tell('Starting a deployment in a temporary folder …');
  const receiver = await startReceiver();
  const deployment = await startDeployment({
    environment: { WAYPOST_RUNNERS: '1', EGRESS_ALLOW: receiver.host },
  });
  try {
    const session = await openSession(deployment, 'bench-deliveries');
    const write = (count: number) =>
      writeMany(count, (body) =>
        session.phone.message({ ...session.at, from: '15550100001', body }),
      );
    const run = async (count: number, endpoints: number) => {
      const before = await useOf(deployment);
      const requests = receiver.traffic().requests;
      const startedAt = performance.now();
      await write(count);
      await arrived(receiver, requests + count * endpoints);
      const { lastAt } = receiver.traffic();
      await sleep(QUIET_MS);
      return {
        cpu: cpuBetween(before, await useOf(deployment)),
        seconds: (lastAt - startedAt) / 1_000,
      };
    };
    const add = (body: object) => deployment.api.call('POST', '/v1/webhooks', { body });
    await add({ url: receiver.url, eventTypes: ['message.received'] });
    await run(WARM_UP, 1);
    const one = await run(EVENTS, 1);
    for (let number = 1; number < ENDPOINTS; number += 1)
      await add({ url: `${receiver.url}${number}`, eventTypes: ['message.received'] });
    await run(WARM_UP, ENDPOINTS);
    const many = await run(EVENTS, ENDPOINTS);
    const more = EVENTS * (ENDPOINTS - 1);
    const of = (cpu: ReadonlyMap<string, number>, part: string) => cpu.get(part) ?? 0;
    const parts = [...many.cpu.keys()].map((part) => ({
      what: `– ${part}, each further delivery`,
      unit: 'ms',
      actual: (of(many.cpu, part) - of(one.cpu, part)) / more,
    }));
    const rows: Row[] = [
      {
        what: `deliveries, ${ENDPOINTS} endpoints, ${WRITERS} writers`,
        unit: '/s',
        actual: (EVENTS * ENDPOINTS) / many.seconds,
      },
      {
        what: `deliveries, one endpoint, ${WRITERS} writers`,
        unit: '/s',
        actual: EVENTS / one.seconds,
      },
      { what: 'CPU of an event with one delivery', unit: 'ms', actual: sumOf(one.cpu) / EVENTS },
      {
        what: 'CPU of each further delivery',
        unit: 'ms',
        actual: (sumOf(many.cpu) - sumOf(one.cpu)) / more,
      },
      ...parts.filter(({ actual }) => actual >= 0.05).toSorted((a, b) => b.actual - a.actual),
    ];
    for (const { what, actual, unit } of rows) tell(`  ${what}: ${actual.toFixed(2)} ${unit}`);
    return rows;
  } finally {
    await deployment.dispose();
    await receiver.close();
  }
}

async function writeMany(count: number, send: (body: string) => Promise<unknown>): Promise<void> {
  let next = 0;
  const write = async (): Promise<void> => {
    while (next < count) await send(`delivery ${(next += 1)}`);
  };
  await Promise.all(Array.from({ length: WRITERS }, write));
}

const arrived = (receiver: Receiver, requests: number): Promise<boolean> =>
  until(
    `${requests} requests`,
    async () => receiver.traffic().requests >= requests || undefined,
    300_000,
  );

import { setTimeout as sleep } from 'node:timers/promises';
import type { Deployment } from '../../testing/deployment.ts';
import { cpuBetween, sumOf, useOf } from '../parts.ts';
import type { Row } from '../report.ts';

const LOOK_EVERY_MS = 500;
const LINE_END = 10;

/** The whole log as one file: how fast, how large, and what it takes up meanwhile. */
export async function exportRows(deployment: Deployment, format: 'csv' | 'jsonl'): Promise<Row[]> {
  const before = await useOf(deployment);
  const watch = watchMemory(deployment);
  const startedAt = performance.now();
  const { lines, bytes, firstByteMs } = await download(deployment, format);
  const seconds = (performance.now() - startedAt) / 1_000;
  const memory = await watch.stop();
  const cpu = cpuBetween(before, await useOf(deployment));
  const rows = format === 'csv' ? lines - 1 : lines;
  const memoryOf = (part: string): number => before.get(part)?.pssMiB ?? 0;
  const what = (text: string): string => `export as ${format}: ${text}`;
  return [
    { what: what('rows'), unit: '', actual: rows },
    { what: what('bytes'), unit: 'MiB', actual: bytes / 2 ** 20 },
    { what: what('time to the first byte'), unit: 'ms', actual: firstByteMs },
    { what: what('rows a second'), unit: '/s', actual: rows / seconds },
    { what: what('workerd before'), unit: 'MiB', actual: memoryOf('workerd') },
    { what: what('workerd, most at any time'), unit: 'MiB', actual: memory.most },
    {
      what: what('workerd, mean of the second half'),
      unit: 'MiB',
      actual: memory.secondHalf,
      beside: { what: 'of the first half', actual: memory.firstHalf, goal: 1.1 },
    },
    { what: what('CPU of workerd'), unit: 's', actual: (cpu.get('workerd') ?? 0) / 1_000 },
    { what: what('CPU of all parts, 1,000 rows'), unit: 'ms', actual: (sumOf(cpu) * 1_000) / rows },
  ];
}

async function download(deployment: Deployment, format: string) {
  const { apiUrl, apiKey } = await deployment.facts();
  const startedAt = performance.now();
  let firstByteMs = 0;
  let lines = 0;
  let bytes = 0;
  const url = new URL(`/v1/messages/export?format=${format}`, apiUrl);
  const response = await fetch(url, { headers: { authorization: `Bearer ${apiKey}` } });
  if (!response.ok || response.body === null)
    throw new Error(`the export answered ${response.status}: ${await response.text()}`);
  for await (const chunk of response.body) {
    firstByteMs ||= performance.now() - startedAt;
    bytes += chunk.length;
    for (const byte of chunk) if (byte === LINE_END) lines += 1;
  }
  return { lines, bytes, firstByteMs };
}

function watchMemory(deployment: Deployment) {
  const readings: number[] = [];
  let over = false;
  const look = async (): Promise<void> => {
    while (!over) {
      readings.push((await useOf(deployment)).get('workerd')?.pssMiB ?? 0);
      await sleep(LOOK_EVERY_MS);
    }
  };
  const looking = look();
  const mean = (some: number[]): number => some.reduce((sum, each) => sum + each, 0) / some.length;
  return {
    stop: async () => {
      over = true;
      await looking;
      const middle = Math.ceil(readings.length / 2);
      return {
        most: Math.max(...readings),
        firstHalf: mean(readings.slice(0, middle)),
        secondHalf: mean(readings.slice(middle)),
      };
    },
  };
}

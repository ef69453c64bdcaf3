import { setTimeout as sleep } from 'node:timers/promises';
import { memory } from '../memory.ts';
import { memoryRows, useOf, wholeMiB } from '../parts.ts';
import type { Row } from '../report.ts';
import type { Part } from './report.ts';
import { sendMany } from './send-many.ts';
import { type Subject, withSubject } from './subject.ts';

const MESSAGES = 20_000;
/** Between two readings. */
const STEP = 500;
const AT_ONCE = 10;
/** After a start, so that what it left behind has gone. */
const SETTLE_MS = 15_000;
const SHOWN = ['workerd', 'browser', 'services', 'PostgreSQL', 'runner'];

/** What everything takes, idle and over 20,000 messages with their webhooks, and what a session takes beside the bare library. */
export async function memoryPart(tell: (text: string) => void): Promise<Part> {
  const rows: Row[] = [];
  const add = (row: Row): void => {
    rows.push(row);
    tell(`  ${row.what}: ${row.actual.toFixed(1)} ${row.unit}`);
  };
  const chart = await withSubject(async (subject) => {
    await sleep(SETTLE_MS);
    memoryRows('idle', await useOf(subject.deployment), { whole: 550, session: 200 }).forEach(add);
    const growth = await grow(subject, tell);
    const after = await useOf(subject.deployment);
    memoryRows(`after ${MESSAGES} messages`, after, { whole: 600 }).forEach(add);
    const whole = growth[0]?.points.slice(1).map(([, mib]) => mib) ?? [];
    add({ what: 'the whole, most in any reading', unit: 'MiB', actual: Math.max(...whole) });
    const half = Math.floor(whole.length / 2);
    add({
      what: 'the whole, mean of the second half of the messages',
      unit: 'MiB',
      actual: mean(whole.slice(half)),
      beside: { what: 'of the first half', actual: mean(whole.slice(0, half)) },
    });
    return growth;
  });
  await withSubject(async ({ deployment, session }) => {
    await deployment.api.call('DELETE', `/v1/sessions/${session.id}`);
    (await memory(deployment)).forEach(add);
  });
  return { rows, chart: { title: 'Memory (PSS, MiB) over messages', series: chart } };
}

type Growth = { name: string; points: [number, number][] }[];

async function grow(subject: Subject, tell: (text: string) => void): Promise<Growth> {
  const names = ['the whole', ...SHOWN];
  const growth: Growth = names.map((name) => ({ name, points: [] }));
  const read = async (sent: number): Promise<void> => {
    const use = await useOf(subject.deployment);
    for (const { name, points } of growth)
      points.push([sent, use.get(name)?.pssMiB ?? wholeMiB(use)]);
    tell(`  ${sent}: ${growth.map(({ points }) => points.at(-1)?.[1].toFixed(0)).join(' ')}`);
  };
  await read(0);
  for (let sent = STEP; sent <= MESSAGES; sent += STEP) {
    await sendMany({ ...subject, messages: STEP, atOnce: AT_ONCE });
    await read(sent);
  }
  return growth;
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { apiClient } from '../../testing/api-client.ts';
import { startDeployment, type Deployment } from '../../testing/deployment.ts';
import { freePort } from '../../testing/free-port.ts';
import { startOneMoreRunner } from '../../testing/more-runners.ts';
import { settingsOf } from '../../testing/settings.ts';
import { until } from '../../testing/until.ts';
import { openSession } from '../memory.ts';
import { startReceiver } from '../receiver.ts';
import type { Row } from '../report.ts';
import { type Count, type CountingDoor, openCountingDoor } from './counting-door.ts';
import { z } from 'zod';
import { receiveMany } from './receive-many.ts';
import type { Part } from './report.ts';
import { sendMany } from './send-many.ts';
import { onlyEndpoint } from './subject.ts';

const WARM_UP = 50;
const MESSAGES = 400;
/** Of a statement's text, enough to know it by. */
const STATEMENT_LENGTH = 70;
const IDLE_MS = 20_000;

/** Doors in the order of the report, and what is counted at each. */
const COUNTED = [
  ['client', 'client → Worker, requests'],
  ['fromRunner', 'runner → Worker, requests'],
  ['fromQstash', 'QStash → Worker, requests'],
  ['postgres', 'Worker → PostgreSQL, statements'],
  ['redis', 'Worker → Redis, commands'],
  ['qstash', 'Worker → QStash, messages'],
  ['runner', 'Worker → runner, requests'],
  ['receiver', 'Worker → receiver, webhooks'],
] as const;
type Doors = Record<(typeof COUNTED)[number][0], CountingDoor>;

const Statement = z.object({ query: z.string() });
const Sql = z.union([z.object({ queries: z.array(Statement) }), Statement]);
const List = z.array(z.unknown());

/**
 * Requests, statements, commands, messages and bytes of a message, counted at doors in front of every service. What passes in a
 * quiet time of the same length (heartbeats, cron) is taken off. The session is on a second runner, which was given the doors'
 * addresses; the deployment's own runner is full with another.
 */
export async function countsPart(tell: (text: string) => void): Promise<Part> {
  const receiver = await startReceiver();
  const atReceiver = await openCountingDoor(receiver.url);
  const deployment = await startDeployment({
    environment: {
      WAYPOST_RUNNERS: '1',
      RUNNER_MAX_SESSIONS: '1',
      EGRESS_ALLOW: new URL(atReceiver.url).host,
    },
  });
  const runnerPort = await freePort();
  const statements = new Map<string, number>();
  const doors = await openDoors(deployment, runnerPort, atReceiver, statements);
  try {
    await passThrough(deployment, doors);
    const runner = await startOneMoreRunner(deployment, 'counted', {
      environment: {
        PORT: String(runnerPort),
        PUBLIC_URL: doors.runner.url,
        EDGE_URL: doors.fromRunner.url,
        // Copies of the session are no part of a message.
        RUNNER_SNAPSHOT_AFTER_SECONDS: '600',
      },
    });
    try {
      const session = await openSession(deployment, 'counted');
      await onlyEndpoint(deployment, atReceiver.url);
      const { apiKey } = await deployment.facts();
      const counted = { api: apiClient(doors.client.url, apiKey) };
      const out = (messages: number, atOnce: number) =>
        sendMany({ deployment: counted, session, receiver, messages, atOnce });
      await out(WARM_UP, 10);
      const rows: Row[] = [];
      const idle = await between(doors, () => sleep(IDLE_MS));
      const measure = async (what: string, messages: number, work: () => Promise<unknown>) => {
        statements.clear();
        const passed = await between(doors, work);
        const dearest = [...statements].toSorted(([, a], [, b]) => b - a);
        const found = [
          ...rowsOf(what, messages, passed, idle),
          ...dearest.map(([start, count]) => ({
            what: `${what}: – \`${start} …\``,
            unit: '',
            actual: count / messages,
          })),
        ].filter(({ actual }) => actual >= 0.05);
        for (const row of found) tell(`  ${row.what}: ${row.actual.toFixed(2)} ${row.unit}`);
        rows.push(...found);
      };
      await measure('out, one by one', MESSAGES / 2, () => out(MESSAGES / 2, 1));
      await measure('out, 10 at once', MESSAGES, () => out(MESSAGES, 10));
      await measure('out, 64 at once', MESSAGES, () => out(MESSAGES, 64));
      await measure('in, 20 a second', MESSAGES, () =>
        receiveMany({ session, receiver, messages: MESSAGES, perSecond: 20 }),
      );
      return { rows };
    } finally {
      await runner.stop();
    }
  } finally {
    await deployment.dispose();
    for (const door of Object.values(doors)) await door.close();
    await receiver.close();
  }
}

/** @param statements where statements are counted by how they begin */
async function openDoors(
  { directory }: Deployment,
  runnerPort: number,
  receiver: CountingDoor,
  statements: Map<string, number>,
): Promise<Doors> {
  const { ports } = await settingsOf(directory);
  const on = (port: number): string => `http://127.0.0.1:${port}`;
  const isCounted = (path: string): boolean => !path.endsWith('/heartbeat');
  return {
    client: await openCountingDoor(on(ports.api)),
    fromRunner: await openCountingDoor(on(ports.api), { isCounted }),
    fromQstash: await openCountingDoor(on(ports.api)),
    postgres: await openCountingDoor(on(ports.neon), {
      unitsOf: (body) => {
        const sql = Sql.parse(JSON.parse(body));
        const asked = 'queries' in sql ? sql.queries : [sql];
        for (const { query } of asked) {
          const start = query.trim().replaceAll(/\s+/g, ' ').slice(0, STATEMENT_LENGTH);
          statements.set(start, (statements.get(start) ?? 0) + 1);
        }
        return asked.length;
      },
    }),
    redis: await openCountingDoor(on(ports.redis), {
      unitsOf: (body) => (body.startsWith('[[') ? List.parse(JSON.parse(body)).length : 1),
    }),
    qstash: await openCountingDoor(on(ports.qstash), {
      unitsOf: (body) => List.parse(JSON.parse(body)).length,
    }),
    runner: await openCountingDoor(on(runnerPort)),
    receiver,
  };
}

/** The Worker is deployed anew, with the doors' addresses instead of the services'. */
async function passThrough(deployment: Deployment, doors: Doors): Promise<void> {
  await writeFile(
    join(deployment.directory, 'edge.json'),
    JSON.stringify({
      CALLBACK_URL: doors.fromQstash.url,
      DATABASE_HTTP_URL: `${doors.postgres.url}/sql`,
      UPSTASH_REDIS_REST_URL: doors.redis.url,
      QSTASH_URL: doors.qstash.url,
    }),
  );
  const edge = (await deployment.facts()).services.find(({ name }) => name === 'edge');
  if (edge?.pid === undefined) throw new Error('the edge has no pid');
  process.kill(edge.pid, 'SIGUSR2');
  await until('calls to pass the doors', async () => {
    await deployment.api.call('GET', '/v1/keys/self');
    return doors.redis.count().calls > 0 ? true : undefined;
  });
}

type Passed = { seconds: number; counts: Count[] };

async function between(doors: Doors, work: () => Promise<unknown>): Promise<Passed> {
  const read = (): Count[] => COUNTED.map(([door]) => doors[door].count());
  const before = read();
  const startedAt = performance.now();
  await work();
  const seconds = (performance.now() - startedAt) / 1_000;
  return { seconds, counts: less(read(), before, 1) };
}

function less(counts: Count[], other: Count[], times: number): Count[] {
  const minus = (index: number, field: keyof Count): number =>
    (counts[index]?.[field] ?? 0) - (other[index]?.[field] ?? 0) * times;
  return counts.map((_count, index) => ({
    calls: minus(index, 'calls'),
    units: minus(index, 'units'),
    bytes: minus(index, 'bytes'),
  }));
}

function rowsOf(how: string, messages: number, passed: Passed, idle: Passed): Row[] {
  const counts = less(passed.counts, idle.counts, passed.seconds / idle.seconds);
  const a = (total: number): number => Math.max(0, total / messages);
  const sum = (from: number, to: number, field: keyof Count): number =>
    counts.slice(from, to).reduce((total, count) => total + count[field], 0);
  const inbound = COUNTED.findIndex(([door]) => door === 'postgres');
  return [
    ...COUNTED.map(([, what], index) => ({
      what: `${how}: ${what}`,
      unit: `(${a((counts[index]?.bytes ?? 0) / 1_024).toFixed(1)} KiB)`,
      actual: a(counts[index]?.units ?? 0),
    })),
    { what: `${how}: requests to the Worker`, unit: '', actual: a(sum(0, inbound, 'calls')) },
    {
      what: `${how}: fetches by the Worker`,
      unit: '',
      actual: a(sum(inbound, counts.length, 'calls')),
    },
    {
      what: `${how}: bytes in all`,
      unit: 'KiB',
      actual: a(sum(0, counts.length, 'bytes')) / 1_024,
    },
  ];
}

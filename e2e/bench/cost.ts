import { setTimeout as sleep } from 'node:timers/promises';
import { startDeployment, type Deployment } from '../testing/deployment.ts';
import { inheritedEnvironment } from '../testing/env.ts';
import { sendText } from '../testing/session.ts';
import { until } from '../testing/until.ts';
import { openSession, stockBeside } from './memory.ts';
import { cpuBetween, memoryRows, sumOf, useOf, useOfFamily } from './parts.ts';
import { type Receiver, startReceiver } from './receiver.ts';
import type { Row } from './report.ts';
import type { BenchSession } from './session.ts';

const IDLE_MS = 15_000;
const WARM_UP = 100;
const MESSAGES = 400;
const AT_ONCE = [1, 10, 64] as const;
/** What a message makes at its receiver; a level that WhatsApp skips makes none. `message.read` is the last. */
const EVENTS = ['message.sent', 'message.delivered', 'message.read'];

/**
 * What a message out costs with its webhooks to two endpoints, the bench's own and the inspector of `npm start`: CPU time by
 * part, one by one (waiting for each) and many at once, beside bare `client.sendMessage` in the same browser binary; and the
 * memory of every part, before and after.
 */
export async function cost(tell: (text: string) => void): Promise<Row[]> {
  const receiver = await startReceiver();
  const deployment = await startDeployment({
    environment: { WAYPOST_RUNNERS: '1', EGRESS_ALLOW: receiver.host },
  });
  const rows: Row[] = [];
  const add = (row: Row): void => {
    rows.push(row);
    tell(`  ${row.what}: ${row.actual.toFixed(1)} ${row.unit}`);
  };
  try {
    const { sessionId } = await deployment.facts();
    await deployment.api.call('DELETE', `/v1/sessions/${sessionId}`);
    const session = await openSession(deployment, 'cost');
    await deployment.api.call('POST', '/v1/webhooks', {
      body: { url: receiver.url, eventTypes: EVENTS },
    });
    const send = (messages: number, atOnce: number) =>
      sendMany({ deployment, session, receiver, messages, atOnce });
    const bare = await bareCpuMs(deployment, session);

    const idle = await useOf(deployment);
    await sleep(IDLE_MS);
    const rested = await useOf(deployment);
    add({
      what: 'idle CPU, one session',
      unit: 'ms/s',
      actual: sumOf(cpuBetween(idle, rested)) / (IDLE_MS / 1_000),
      goal: 12,
    });
    memoryRows('idle', rested).forEach(add);

    await send(WARM_UP, 10);
    for (const atOnce of AT_ONCE) {
      const before = await useOf(deployment);
      const startedAt = performance.now();
      await send(MESSAGES, atOnce);
      const perSecond = MESSAGES / ((performance.now() - startedAt) / 1_000);
      const cpu = cpuBetween(before, await useOf(deployment));
      const how = atOnce === 1 ? 'one by one' : `${atOnce} at once`;
      add({
        what: `CPU a message with its webhooks, ${how}`,
        unit: 'ms',
        actual: sumOf(cpu) / MESSAGES,
        beside: { what: 'bare client.sendMessage, one by one', actual: bare },
      });
      for (const [part, ms] of [...cpu].toSorted(([, a], [, b]) => b - a))
        if (ms / MESSAGES >= 0.1)
          add({ what: `– ${part}, ${how}`, unit: 'ms', actual: ms / MESSAGES });
      add({ what: `messages and their webhooks, ${how}`, unit: '/s', actual: perSecond });
    }
    const sent = WARM_UP + AT_ONCE.length * MESSAGES;
    memoryRows(`after ${sent} messages`, await useOf(deployment)).forEach(add);
    return rows;
  } finally {
    await deployment.dispose();
    await receiver.close();
  }
}

/** CPU time of a message by bare whatsapp-web.js with the binary that our sessions run. */
async function bareCpuMs(deployment: Deployment, session: BenchSession): Promise<number> {
  const stock = await stockBeside(
    deployment,
    session,
    inheritedEnvironment().PUPPETEER_EXECUTABLE_PATH,
  );
  try {
    await stock.start(1);
    await stock.send(WARM_UP);
    const before = await useOfFamily(stock.pid);
    await stock.send(MESSAGES);
    const after = await useOfFamily(stock.pid);
    return (after.cpuMs - before.cpuMs) / MESSAGES;
  } finally {
    await stock.stop();
  }
}

/** Sends, and waits until the last webhook of every message has arrived. */
export async function sendMany(options: {
  deployment: Deployment;
  session: BenchSession;
  receiver: Receiver;
  messages: number;
  atOnce: number;
}): Promise<void> {
  const { deployment, session, receiver, messages, atOnce } = options;
  const before = receiver.count('message.read');
  let next = 0;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (next < messages) {
        next += 1;
        const text = `cost ${next}`;
        await sendText(deployment, {
          sessionId: session.id,
          text,
          ...(atOnce === 1 && { wait: 20 }),
        });
      }
    }),
  );
  await until(
    'every message to be read',
    async () => (receiver.count('message.read') - before >= messages ? true : undefined),
    180_000,
  );
}

import { startDeployment } from '../testing/deployment.ts';
import { sendMany } from './cost/send-many.ts';
import { openSession } from './memory.ts';
import { limitedGroup } from './memory-limit.ts';
import { useOf } from './parts.ts';
import { startReceiver } from './receiver.ts';
import type { Row } from './report.ts';

const SIZES_MIB = [1_024, 2_048];
const MESSAGES = 1_000;
const AT_ONCE = 10;
const EVENTS = ['message.sent', 'message.delivered', 'message.read'];

/**
 * What machines of 1 and 2 GB carry: `npm start` in a control group with that limit and no swap, one session, 1,000 messages
 * with their webhooks. The kernel counts page cache too and gives it back when memory is short; a kill is what must not be.
 * Linux, as root.
 */
export async function smallMachine(tell: (text: string) => void): Promise<Row[]> {
  const rows: Row[] = [];
  for (const sizeMiB of SIZES_MIB) {
    const group = limitedGroup(sizeMiB);
    const receiver = await startReceiver();
    const deployment = await startDeployment({
      environment: { EGRESS_ALLOW: receiver.host },
      onSpawn: group.add,
    });
    const add = (what: string, unit: string, actual: number): void => {
      rows.push({ what: `${sizeMiB} MiB: ${what}`, unit, actual });
      tell(`  ${sizeMiB} MiB: ${what}: ${actual.toFixed(0)} ${unit}`);
    };
    try {
      const { sessionId } = await deployment.facts();
      await deployment.api.call('DELETE', `/v1/sessions/${sessionId}`);
      const session = await openSession(deployment, 'small machine');
      await deployment.api.call('POST', '/v1/webhooks', {
        body: { url: receiver.url, eventTypes: EVENTS },
      });
      add('processes, idle', 'MiB', await memoryOf(deployment));
      const startedAt = performance.now();
      await sendMany({ deployment, session, receiver, messages: MESSAGES, atOnce: AT_ONCE });
      const seconds = (performance.now() - startedAt) / 1_000;
      add(`processes, after ${MESSAGES} messages`, 'MiB', await memoryOf(deployment));
      add('most at any time, with page cache', 'MiB', group.mostMiB());
      add('messages and their webhooks', '/s', MESSAGES / seconds);
      add('processes killed by the kernel', '', group.kills());
    } finally {
      await deployment.dispose();
      await receiver.close();
      group.remove();
    }
  }
  return rows;
}

async function memoryOf(deployment: Parameters<typeof useOf>[0]): Promise<number> {
  return [...(await useOf(deployment)).values()].reduce((sum, { pssMiB }) => sum + pssMiB, 0);
}

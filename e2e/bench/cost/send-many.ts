import type { Deployment } from '../../testing/deployment.ts';
import { sendText } from '../../testing/session.ts';
import { until } from '../../testing/until.ts';
import type { Receiver } from '../receiver.ts';
import type { BenchSession } from '../session.ts';

export type Sent = {
  /** By text: when the call began, in Unix ms, and ms until its answer. */
  calls: Map<string, { at: number; took: number }>;
};

/**
 * Sends, and waits until the last webhook of every message has arrived. One by one, each waits until WhatsApp has the message.
 */
export async function sendMany(options: {
  deployment: Pick<Deployment, 'api'>;
  session: BenchSession;
  receiver: Receiver;
  messages: number;
  atOnce: number;
}): Promise<Sent> {
  const { deployment, session, receiver, messages, atOnce } = options;
  const before = receiver.count('message.read');
  const run = crypto.randomUUID().slice(0, 8);
  const calls: Sent['calls'] = new Map();
  let next = 0;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (next < messages) {
        next += 1;
        const text = `cost ${run} ${next}`;
        const at = performance.now();
        await sendText(deployment, {
          sessionId: session.id,
          text,
          ...(atOnce === 1 && { wait: 10 }),
        });
        calls.set(text, { at: performance.timeOrigin + at, took: performance.now() - at });
      }
    }),
  );
  await until(
    'every message to be read',
    async () => (receiver.count('message.read') - before >= messages ? true : undefined),
    180_000,
  );
  return { calls };
}

/** When each message was put on the wire, in Unix ms, by its text. */
export async function wireTimes({ phone, at }: BenchSession): Promise<Map<string, number>> {
  const { records } = await phone.wire({ ...at, limit: 10_000 });
  return new Map(records.map(({ body, t }) => [body, t]));
}

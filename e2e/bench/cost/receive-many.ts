import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../../testing/until.ts';
import type { Receiver } from '../receiver.ts';
import type { BenchSession } from '../session.ts';

/**
 * Somebody writes to the session so many times a second; resolves when the last webhook has arrived.
 * @returns ms from each message at the phone to its webhook's arrival
 */
export async function receiveMany(options: {
  session: Pick<BenchSession, 'phone' | 'at'>;
  receiver: Pick<Receiver, 'receivedAt'>;
  messages: number;
  perSecond: number;
}): Promise<number[]> {
  const { session, receiver, messages, perSecond } = options;
  const { phone, at } = session;
  const run = crypto.randomUUID();
  const sentAt = new Map<string, number>();
  const startedAt = performance.now();
  for (let number = 0; number < messages; number += 1) {
    const dueAt = startedAt + (number * 1_000) / perSecond;
    await sleep(Math.max(0, dueAt - performance.now()));
    const body = `inbound ${run} ${number}`;
    sentAt.set(body, performance.now());
    await phone.message({ ...at, from: '15550100001', body });
  }
  return until(
    'every webhook of a received message',
    async () => {
      const took: number[] = [];
      for (const [text, at] of sentAt) {
        const arrived = receiver.receivedAt(text);
        if (arrived === undefined) return undefined;
        took.push(arrived - at);
      }
      return took;
    },
    60_000,
  );
}

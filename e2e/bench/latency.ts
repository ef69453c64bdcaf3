import { z } from 'zod';
import type { Deployment } from '../testing/deployment.ts';
import { HAS_LEFT, onlineSession, sendText } from '../testing/session.ts';
import { percentiles, type Percentiles } from '../testing/stats.ts';
import type { BenchSession } from './session.ts';

const ROUNDS = 100;

/**
 * Milliseconds from a POST to its 202, with nothing else going on: the session's pacing leaves all but the first message in
 * the queue.
 */
export async function sendAccepted(deployment: Deployment): Promise<Percentiles> {
  const { id } = await onlineSession(deployment, 'bench-accepted', {
    pacing: { minIntervalMs: 600_000, jitterMs: 0 },
  });
  const sample: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const startedAt = performance.now();
    const { httpStatus } = await sendText(deployment, { sessionId: id, text: `accepted ${round}` });
    sample.push(performance.now() - startedAt);
    if (httpStatus !== 202) throw new Error(`a send answered ${httpStatus}`);
  }
  await deployment.api.call('DELETE', `/v1/sessions/${id}`);
  return percentiles(sample);
}

/** Milliseconds from a POST with `Prefer: wait` to its answer that WhatsApp has the message. */
export async function sendToSent(
  deployment: Deployment,
  session: BenchSession,
): Promise<Percentiles> {
  const sample: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const startedAt = performance.now();
    const { message } = await sendText(deployment, {
      sessionId: session.id,
      text: `sent ${round}`,
      wait: 20,
    });
    sample.push(performance.now() - startedAt);
    if (!HAS_LEFT.includes(message.status)) throw new Error(`a send ended ${message.status}`);
  }
  return percentiles(sample);
}

/** Milliseconds from the phone's send to the webhook's arrival at its receiver. */
export async function inboundToWebhook(
  deployment: Deployment,
  session: BenchSession,
): Promise<Percentiles> {
  const { api, inspector } = deployment;
  const box = `bench-${session.id}`;
  const made = await api.call('POST', '/v1/webhooks', {
    body: { url: inspector.url(box), eventTypes: ['message.received'], sessionIds: [session.id] },
  });
  const sample: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const text = `inbound ${round}`;
    const startedAt = performance.now();
    const arrived = inspector.waitFor(
      box,
      text,
      ({ event }) => event.type === 'message.received' && event.data.text === text,
    );
    await session.phone.message({ ...session.at, from: '15550100001', body: text });
    await arrived;
    sample.push(performance.now() - startedAt);
  }
  const { id } = made.data(z.object({ id: z.string() }));
  await api.call('DELETE', `/v1/webhooks/${id}`);
  return percentiles(sample);
}

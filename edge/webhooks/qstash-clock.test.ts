import { beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../shared/ids.ts';
import { createHarness, type Harness } from '../testing/harness.ts';
import { qstashCallsFor, qstashRequestsFor, receiverUrl } from '../testing/receiver.ts';
import { createQstashClock, deliverUrl } from './qstash-clock.ts';

const workspaceId = newId('workspace');
let harness: Harness;
beforeAll(async () => {
  harness = await createHarness({ BASE_URL: receiverUrl() });
});

describe('the clock over QStash', () => {
  it('makes one call of two publishes of an attempt, and another one when that is wanted', async () => {
    const clock = createQstashClock(harness.env);
    const due = { deliveryId: newId('delivery'), workspaceId, attemptNo: 1, notBefore: null };
    await clock.publish([due, due]);
    await clock.publish([due]);
    expect(await qstashCallsFor(due.deliveryId, 1)).toHaveLength(1);
    await clock.publish([{ ...due, again: 'sweep1' }]);
    await clock.publish([{ ...due, again: 'sweep1' }]);
    await clock.publish([{ ...due, attemptNo: 2 }]);
    expect(await qstashCallsFor(due.deliveryId, 3)).toHaveLength(3);
  });

  it('is called no earlier than asked', async () => {
    const clock = createQstashClock(harness.env);
    const deliveryId = newId('delivery');
    const notBefore = new Date(Date.now() + 1_500);
    await clock.publish([{ deliveryId, workspaceId, attemptNo: 1, notBefore }]);
    await qstashCallsFor(deliveryId, 1);
    expect(Date.now()).toBeGreaterThanOrEqual(notBefore.getTime());
  });

  it('publishes more than fit into one batch', async () => {
    const clock = createQstashClock(harness.env);
    const deliveryId = newId('delivery');
    const due = Array.from({ length: 101 }, (_, index) => ({
      deliveryId,
      workspaceId,
      attemptNo: index + 1,
      notBefore: null,
    }));
    await clock.publish(due);
    const calls = await qstashCallsFor(deliveryId, 101);
    expect(new Set(calls.map(({ attemptNo }) => attemptNo)).size).toBe(101);
  });

  it('accepts what QStash signed, for its URL and body only', async () => {
    const clock = createQstashClock(harness.env);
    const deliveryId = newId('delivery');
    await clock.publish([{ deliveryId, workspaceId, attemptNo: 1, notBefore: null }]);
    const [request] = await qstashRequestsFor(deliveryId, 1);
    const signature = request?.headers['upstash-signature'] ?? '';
    const genuine = { signature, body: request?.body ?? '', url: deliverUrl(harness.env) };
    expect(await clock.verify(genuine)).toBe(true);
    expect(await clock.verify({ ...genuine, body: `${genuine.body} ` })).toBe(false);
    expect(await clock.verify({ ...genuine, url: `${genuine.url}/` })).toBe(false);
  });
});

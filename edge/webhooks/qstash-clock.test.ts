import { SignJWT } from 'jose';
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
  it('makes one call of doorbells with the same reason, and another one for another reason', async () => {
    const clock = createQstashClock(harness.env);
    const due = { workspaceId, endpointId: newId('webhook'), notBefore: null, reason: 'first' };
    await clock.publish([due, due]);
    await clock.publish([due]);
    expect(await qstashCallsFor(due.endpointId, 1)).toHaveLength(1);
    await clock.publish([{ ...due, reason: 'sweep1' }]);
    await clock.publish([{ ...due, reason: 'sweep1' }]);
    await clock.publish([{ ...due, reason: 'second' }]);
    expect(await qstashCallsFor(due.endpointId, 3)).toHaveLength(3);
  });

  it('is called no earlier than asked', async () => {
    const clock = createQstashClock(harness.env);
    const endpointId = newId('webhook');
    const notBefore = new Date(Date.now() + 1_500);
    await clock.publish([{ workspaceId, endpointId, notBefore, reason: 'r' }]);
    await qstashCallsFor(endpointId, 1);
    expect(Date.now()).toBeGreaterThanOrEqual(notBefore.getTime());
  });

  it('publishes more than fit into one batch', async () => {
    const clock = createQstashClock(harness.env);
    const endpointId = newId('webhook');
    const due = Array.from({ length: 101 }, (_, index) => ({
      workspaceId,
      endpointId,
      notBefore: null,
      reason: `r${index}`,
    }));
    await clock.publish(due);
    expect(await qstashCallsFor(endpointId, 101)).toHaveLength(101);
  });

  it('accepts what QStash signed, for its URL and body only', async () => {
    const clock = createQstashClock(harness.env);
    const endpointId = newId('webhook');
    await clock.publish([{ workspaceId, endpointId, notBefore: null, reason: 'r' }]);
    const [request] = await qstashRequestsFor(endpointId, 1);
    const signature = request?.headers['upstash-signature'] ?? '';
    const genuine = { signature, body: request?.body ?? '', url: deliverUrl(harness.env) };
    expect(await clock.verify(genuine)).toBe(true);
    expect(await clock.verify({ ...genuine, body: `${genuine.body} ` })).toBe(false);
    expect(await clock.verify({ ...genuine, url: `${genuine.url}/` })).toBe(false);
    expect(await clock.verify({ ...genuine, signature: 'no token' })).toBe(false);
  });

  it('fails, instead of calling a signature bad, when it cannot judge it', async () => {
    const clock = createQstashClock(harness.env);
    const url = deliverUrl(harness.env);
    const key = new TextEncoder().encode(harness.env.QSTASH_CURRENT_SIGNING_KEY);
    // Signed by QStash's key, but without the body's hash that QStash always gives.
    const signature = await new SignJWT({ sub: url, iss: 'Upstash' })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(key);
    const request = { signature, body: '{}', url };
    await expect(clock.verify(request)).rejects.toThrow(TypeError);
  });
});

import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createHarness, type Harness, type NewSession } from '../../testing/harness.ts';
import { ownedSession } from '../../testing/owned-session.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

const setUp = (change?: Partial<NewSession>, workspace?: { maxSessions?: number }) =>
  ownedSession(harness, change, workspace);

describe('accepting another number', () => {
  test('fails what waits under the number before, and says so', async () => {
    const { post, call, id, set, key } = await setUp();
    await set({ phoneNumber: '15550100001' });
    const send = async (more: object) => {
      const body = { sessionId: id, to: '+15550100009', text: 'for whom', ...more };
      const sent = await harness.call('POST', '/v1/messages/text', { key, body });
      expect(sent.status, JSON.stringify(sent)).toBe(202);
      return z.object({ id: z.string() }).parse(sent.data).id;
    };
    const inAnHour = new Date(Date.now() + 3_600_000).toISOString();
    const former = [await send({}), await send({ sendAt: inAnHour })];
    await set({
      status: 'action_required',
      action: 'number_changed',
      newPhoneNumber: '15550100002',
    });
    const accepted = await post('reconnect', { acceptNumber: true });
    expect(accepted.meta).toMatchObject({ failedMessages: 2 });
    await set({ status: 'online', action: null });
    const next = await send({ sendAt: inAnHour });
    const again = await post('reconnect', { acceptNumber: true });
    expect(again.meta).toMatchObject({ failedMessages: 0 });
    for (const messageId of former)
      expect(await harness.call('GET', `/v1/messages/${messageId}`, { key })).toMatchObject({
        data: { status: 'failed', error: { code: 'NUMBER_CHANGED' } },
      });
    expect(await harness.call('GET', `/v1/messages/${next}`, { key })).toMatchObject({
      data: { status: 'queued' },
    });
    const told = await harness.call('GET', '/v1/events?types=message.failed', { key });
    expect(told.data).toMatchObject(
      former.map(() => ({ data: { status: 'failed', error: { code: 'NUMBER_CHANGED' } } })),
    );
    expect((await call('GET', `/${id}`)).data).toMatchObject({ phoneNumber: '15550100002' });
  });

  test('is done, recorded and counted also when the runner is out of reach', async () => {
    const owner = { runnerId: 'runner-away', bootId: 'boot-away', url: 'http://127.0.0.1:9' };
    const { post, call, id, set, key, audited } = await setUp({ owner });
    await set({ phoneNumber: '15550100001' });
    const sendAt = new Date(Date.now() + 3_600_000).toISOString();
    const body = { sessionId: id, to: '+15550100009', text: 'for whom', sendAt };
    expect(await harness.call('POST', '/v1/messages/text', { key, body })).toMatchObject({
      status: 202,
    });
    await set({
      status: 'action_required',
      action: 'number_changed',
      newPhoneNumber: '15550100002',
    });
    expect(await post('reconnect', { acceptNumber: true })).toMatchObject({
      status: 503,
      error: { code: 'UNAVAILABLE', details: { reason: 'unreachable', failedMessages: 1 } },
    });
    expect((await call('GET', `/${id}`)).data).toMatchObject({ phoneNumber: '15550100002' });
    expect(await audited()).toContain('reconnectSession');
  });
});

describe('the pairing code', () => {
  test('comes from the owner', async () => {
    const { post, commands } = await setUp({ status: 'qr' });
    expect(await post('pairing-code?wait=3', { phone: '+15550100001' })).toMatchObject({
      status: 200,
      data: { code: 'ABCD1234', phone: '15550100001', expiresAt: '2026-11-21T10:03:00.000Z' },
    });
    expect(await commands()).toMatchObject([
      { name: 'pairingCode', body: { phone: '15550100001', waitMs: expect.any(Number) } },
    ]);
  });

  test.each(['', '12', 'abc', '+0123456789', '15550100001; drop'])(
    'of the phone "%s" is refused',
    async (phone) => {
      const { post, commands } = await setUp({ status: 'qr' });
      expect(await post('pairing-code', { phone })).toMatchObject({
        status: 422,
        error: { code: 'VALIDATION_ERROR' },
      });
      expect(await commands()).toEqual([]);
    },
  );

  test('is not there for a linked session, nor for one that is stopped', async () => {
    const { post } = await setUp({ status: 'online' });
    expect(await post('pairing-code', { phone: '15550100001' })).toMatchObject({
      status: 409,
      error: { code: 'CONFLICT' },
    });
    const { workspaceId, call } = await setUp();
    const { id } = await harness.newSession({ workspaceId, status: 'disconnected' });
    await call('POST', `/${id}/stop`);
    expect(
      await call('POST', `/${id}/pairing-code?wait=0`, { phone: '15550100001' }),
    ).toMatchObject({ status: 409, error: { code: 'SESSION_NOT_READY' } });
  });
});

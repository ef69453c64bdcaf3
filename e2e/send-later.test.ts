import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { covers } from './testing/covers.ts';
import { type Deployment, startDeployment } from './testing/deployment.ts';
import { HAS_LEFT, onlineSession, SETTLED, settled } from './testing/session.ts';
import { until } from './testing/until.ts';
import { worldOf } from './testing/world.ts';

const Sent = z.object({ id: z.string(), queueSeq: z.number().nullable() });
const Read = z.object({
  status: z.string(),
  sendAt: z.iso.datetime().nullable(),
  sentAt: z.iso.datetime().nullable(),
});

const Bulk = z.object({
  id: z.string(),
  status: z.enum(['running', 'finished']),
  messages: z.number(),
  counts: z.record(z.string(), z.number()),
  cancelled: z.number(),
});
type Bulk = z.infer<typeof Bulk>;

let deployment: Deployment;
beforeAll(async () => {
  deployment = await startDeployment();
});
afterAll(() => deployment.dispose());

describe('messages for later', () => {
  covers('POST /v1/messages/{id}/cancel');

  it('are sent when they are due, after messages that were sent meanwhile; a cancelled one never is', async () => {
    const { id: sessionId, phoneNumber } = await onlineSession(deployment, 'later');
    const { phone, at } = await worldOf(deployment, phoneNumber);
    const send = async (text: string, ms: number | null) => {
      const sendAt = ms === null ? {} : { sendAt: new Date(Date.now() + ms).toISOString() };
      const body = { sessionId, to: '+15550100010', text, ...sendAt };
      return (await deployment.api.call('POST', '/v1/messages/text', { body })).data(Sent);
    };
    const never = await send('never', 3_000);
    const second = await send('second', 6_000);
    const first = await send('first', 3_500);
    expect([never, second, first].map(({ queueSeq }) => queueSeq)).toEqual([null, null, null]);
    const now = await send('now', null);
    const cancelled = await deployment.api.call('POST', `/v1/messages/${never.id}/cancel`);
    expect(cancelled.status).toBe(200);

    for (const { id } of [now, first, second]) {
      expect(HAS_LEFT).toContain((await settled(deployment, id)).status);
      const { sendAt, sentAt } = (await deployment.api.call('GET', `/v1/messages/${id}`)).data(
        Read,
      );
      expect(Date.parse(sentAt ?? '')).toBeGreaterThanOrEqual(Date.parse(sendAt ?? '') || 0);
    }
    const { records } = await phone.wire({ ...at, limit: 100 });
    expect(records.map(({ body }) => body)).toEqual(['now', 'first', 'second']);
  });
});

describe('a bulk', () => {
  covers(
    'POST /v1/messages/bulk',
    'GET /v1/messages/bulk',
    'GET /v1/messages/bulk/{id}',
    'POST /v1/messages/bulk/{id}/cancel',
  );

  const MESSAGES = 30;
  const inAll = (counts: Bulk['counts'], statuses = SETTLED) =>
    statuses.reduce((sum, status) => sum + (counts[status] ?? 0), 0);

  async function setUp(name: string, minIntervalMs: number) {
    const pacing = { minIntervalMs, jitterMs: 0 };
    const { id: sessionId, phoneNumber } = await onlineSession(deployment, name, { pacing });
    const { phone, at } = await worldOf(deployment, phoneNumber);
    const recipients = Array.from({ length: MESSAGES }, (_, n) => ({
      to: `+155501001${String(n).padStart(2, '0')}`,
      variables: { n },
    }));
    const body = { sessionId, text: 'Number {{n}}', recipients };
    const { id } = (await deployment.api.call('POST', '/v1/messages/bulk', { body })).data(Bulk);
    return {
      id,
      sessionId,
      /** Asks until it has come so far. */
      reaches: (what: string, isThere: (bulk: Bulk) => boolean) =>
        until(
          `bulk ${name} to be ${what}`,
          async () => {
            const answer = await deployment.api.call('GET', `/v1/messages/bulk/${id}`);
            const bulk = answer.data(Bulk);
            return isThere(bulk) ? bulk : undefined;
          },
          120_000,
        ),
      written: async () =>
        (await phone.wire({ ...at, limit: 100 })).records.map(({ body: text }) => text),
    };
  }

  it('sends each recipient their text, in order, and shows how far it has come', async () => {
    const { id, sessionId, reaches, written } = await setUp('bulk', 0);
    const { counts, cancelled } = await reaches('finished', ({ status }) => status === 'finished');
    expect(inAll(counts, HAS_LEFT)).toBe(MESSAGES);
    expect(cancelled).toBe(0);
    expect(await written()).toEqual(Array.from({ length: MESSAGES }, (_, n) => `Number ${n}`));
    const list = await deployment.api.call('GET', `/v1/messages/bulk?sessionId=${sessionId}`);
    expect(list.data(z.array(Bulk))).toMatchObject([{ id, status: 'finished' }]);
  });

  it('that is cancelled on its way sends no more, and every message of it has ended', async () => {
    const { id, reaches, written } = await setUp('bulk-cancelled', 1_000);
    await reaches('on its way', ({ counts }) => inAll(counts, HAS_LEFT) > 0);
    await deployment.api.call('POST', `/v1/messages/bulk/${id}/cancel`);
    const { counts, cancelled } = await reaches('finished', ({ status }) => status === 'finished');
    const left = inAll(counts, HAS_LEFT);
    expect(inAll(counts)).toBe(MESSAGES);
    expect(cancelled).toBe(MESSAGES - left);
    expect(cancelled).toBeGreaterThan(0);
    expect(await written()).toHaveLength(left);
  });
});

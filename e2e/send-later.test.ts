import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { covers } from './testing/covers.ts';
import { type Deployment, startDeployment } from './testing/deployment.ts';
import { HAS_LEFT, onlineSession, settled } from './testing/session.ts';
import { worldOf } from './testing/world.ts';

const Sent = z.object({ id: z.string(), queueSeq: z.number().nullable() });
const Read = z.object({
  status: z.string(),
  sendAt: z.iso.datetime().nullable(),
  sentAt: z.iso.datetime().nullable(),
});

describe('messages for later', () => {
  covers('POST /v1/messages/{id}/cancel');
  let deployment: Deployment;
  beforeAll(async () => {
    deployment = await startDeployment();
  });
  afterAll(() => deployment.dispose());

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

import { beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { jsonIn, shownIn } from '../testing/answers.ts';
import { covers } from '../testing/covers.ts';
import type { Deployment } from '../testing/deployment.ts';
import { readGuide } from '../testing/follow-guide.ts';
import { followsGuide } from '../testing/guide-steps.ts';
import { onlineSession } from '../testing/session.ts';

const TO = '15550100001@c.us';
const Sent = z.strictObject({
  success: z.literal(true),
  messageId: z.string(),
  timestamp: z.iso.datetime(),
});
const Added = z.strictObject({
  connectionId: z.string(),
  status: z.literal('pending'),
  qr: z.string().nullable(),
});
const Connections = z.array(
  z.strictObject({
    connectionId: z.string(),
    status: z.enum(['pending', 'connected', 'disconnected']),
    number: z.string().nullable(),
    lastActive: z.iso.datetime().nullable(),
  }),
);

const steps = await readGuide('migrate/wa.md');

/** The routes under `/wa`. */
export function waRoutes(running: () => Deployment): void {
  covers(
    'POST /wa/add-number',
    'POST /wa/send/{id}',
    'POST /wa/disconnect/{id}',
    'GET /wa/connections',
    'POST /wa/webhook',
  );

  const call = (method: string, path: string, body?: unknown, headers = {}) =>
    running().api.call(method, path, { headers, ...(body === undefined ? {} : { body }) });
  let session: { id: string; phoneNumber: string };
  beforeAll(async () => {
    session = await onlineSession(running(), 'wa');
  });

  it('a number is added with its code, and listed as pending', async () => {
    const answer = await call('POST', '/wa/add-number', { name: 'wa-new', mode: 'sandbox' });
    const { connectionId, qr } = Added.parse(jsonIn(answer, 201));
    expect(qr).toMatch(/^data:image\/png;base64,iVBOR/);
    const list = Connections.parse(jsonIn(await call('GET', '/wa/connections')));
    expect(list).toContainEqual({
      connectionId,
      status: 'pending',
      number: null,
      lastActive: expect.toSatisfy((value) => value === null || typeof value === 'string'),
    });
    expect(list).toContainEqual({
      connectionId: session.id,
      status: 'connected',
      number: session.phoneNumber,
      lastActive: expect.any(String),
    });
    await call('DELETE', `/v1/sessions/${connectionId}`);
  });

  it('a text is sent', async () => {
    const body = { to: TO, message: 'Hello' };
    const answer = await call('POST', '/wa/send/wa', body, { prefer: 'wait=20' });
    const { messageId } = Sent.parse(jsonIn(answer));
    const message = shownIn(await call('GET', `/v1/messages/${messageId}`));
    expect(message).toMatchObject({ sessionId: session.id, content: { text: 'Hello' } });
  });

  it('a connection is archived, and the next send brings it back', async () => {
    const gone = await call('POST', '/wa/disconnect/wa');
    expect(jsonIn(gone)).toEqual({
      message: `Connection ${session.id} disconnected and archived.`,
    });
    const body = { to: TO, message: 'Back again' };
    const sent = await call('POST', `/wa/send/${session.id}`, body);
    Sent.parse(jsonIn(sent, 202));
    const list = Connections.parse(jsonIn(await call('GET', '/wa/connections')));
    expect(list.find(({ connectionId }) => connectionId === session.id)).toMatchObject({
      number: session.phoneNumber,
      lastActive: expect.any(String),
    });
    const { status, archivedAt } = shownIn(await call('GET', `/v1/sessions/${session.id}`));
    expect(['online', 'reconnecting']).toContain(status);
    expect(archivedAt).toBeNull();
  });

  it('a webhook is set', async () => {
    const { webhookInspectorUrl } = await running().facts();
    const url = `${webhookInspectorUrl}/wa-events`;
    const answer = await call('POST', '/wa/webhook', { url });
    const { webhookId } = z
      .strictObject({ success: z.literal(true), webhookId: z.string(), url: z.literal(url) })
      .parse(jsonIn(answer));
    expect(shownIn(await call('GET', `/v1/webhooks/${webhookId}`))).toMatchObject({ url });
    await call('DELETE', `/v1/webhooks/${webhookId}`);
  });

  followsGuide(steps, 6, async () => {
    const { apiUrl, apiKey, webhookInspectorUrl } = await running().facts();
    const HOOK = `${webhookInspectorUrl}/wa-guide`;
    return { URL: new URL(apiUrl).origin, KEY: apiKey, HOOK };
  });
}

import { beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { jsonIn, listedIn, shownIn } from '../testing/answers.ts';
import { covers } from '../testing/covers.ts';
import type { Deployment } from '../testing/deployment.ts';
import { readGuide } from '../testing/follow-guide.ts';
import { followsGuide } from '../testing/guide-steps.ts';
import { HAS_LEFT, MessageView, onlineSession } from '../testing/session.ts';

const ALICE = '15550100001@c.us';
const Accepted = z.strictObject({
  success: z.literal(true),
  data: z.strictObject({
    messageId: z.string(),
    status: z.enum(HAS_LEFT),
    sessionId: z.string(),
    to: z.string(),
    timestamp: z.iso.datetime(),
  }),
  meta: z.strictObject({
    requestId: z.string(),
    timestamp: z.iso.datetime(),
    sessionId: z.string(),
  }),
});

const steps = await readGuide('migrate/gateway.md');

/** The routes of the gateway. */
export function gatewayRoutes(running: () => Deployment, imageUrl: () => string): void {
  covers(
    'POST /api/send',
    'POST /api/send-media',
    'POST /api/reply',
    'POST /api/send-group',
    'GET /api/groups/{groupId}/members',
  );

  let sessionId: string;
  let group: string;
  beforeAll(async () => {
    sessionId = (await onlineSession(running(), 'gateway')).id;
    const made = await running().api.call('POST', '/v1/groups', {
      body: { sessionId, subject: 'Order desk', members: [`+${ALICE.slice(0, 11)}`] },
    });
    group = made.data(z.object({ group: z.object({ id: z.string() }) })).group.id;
  });

  /** Sends by an alias, waits until it has left, and gives back the message as the API knows it. */
  async function sent(path: string, body: Record<string, unknown>, to: string) {
    const answer = await running().api.call('POST', `/api/${path}`, {
      body: { sessionId: 'gateway', ...body },
      headers: { prefer: 'wait=20' },
    });
    const { data, meta } = Accepted.parse(jsonIn(answer));
    expect(data).toMatchObject({ sessionId, to });
    expect(meta.sessionId).toBe(sessionId);
    return running().api.call('GET', `/v1/messages/${data.messageId}`);
  }

  it('a text is sent, and a reply quotes it', async () => {
    const text = await sent('send', { to: 15550100001, text: 'Hello' }, ALICE);
    expect(shownIn(text)).toMatchObject({ type: 'text', content: { text: 'Hello' } });
    const { id: messageId } = text.data(MessageView);
    const reply = await sent('reply', { messageId, text: 'And again' }, ALICE);
    expect(shownIn(reply)).toMatchObject({ quotedMessageId: messageId });
  });

  it('a file is sent by its URL', async () => {
    const body = { to: ALICE, media_url: imageUrl(), caption: 'Look' };
    expect(shownIn(await sent('send-media', body, ALICE))).toMatchObject({
      type: 'image',
      content: { caption: 'Look' },
    });
  });

  it.each([
    ['text', () => ({ text: 'Hello' })],
    ['image', () => ({ mediaUrl: imageUrl() })],
  ])('%s is sent to a group', async (type, said) => {
    const message = await sent('send-group', { groupId: group, ...said() }, group);
    expect(shownIn(message)).toMatchObject({ type, chatId: group });
  });

  it('the members of a group are listed', async () => {
    const path = `/groups/${group}/members?sessionId=gateway`;
    const { api } = running();
    const members = await api.call('GET', `/api${path}`);
    const ours = await api.call('GET', `/v1${path}`);
    expect(listedIn(ours)).toHaveLength(2);
    const ofThisCall = { requestId: expect.any(String), timestamp: expect.any(String) };
    const { meta, ...rest } = z.looseObject({ meta: z.looseObject({}) }).parse(jsonIn(ours));
    expect(jsonIn(members)).toEqual({ ...rest, meta: { ...meta, ...ofThisCall } });
    const csv = await api.call('GET', `/api${path}&format=csv`);
    expect(csv.headers.get('content-type')).toContain('text/csv');
    expect(csv.text.split('\r\n')).toHaveLength(4);
  });

  followsGuide(steps, 6, async () => {
    const { apiUrl, apiKey } = await running().facts();
    const sentBefore = await sent('send', { to: ALICE, text: 'Hello' }, ALICE);
    return {
      URL: new URL(apiUrl).origin,
      KEY: apiKey,
      FILE: imageUrl(),
      GROUP: group,
      MESSAGE: sentBefore.data(MessageView).id,
    };
  });
}

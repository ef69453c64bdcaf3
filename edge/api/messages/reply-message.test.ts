import { eq } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import { MESSAGE_KIND_NAMES, MESSAGE_KINDS } from '../../../shared/catalogue/message-kinds.ts';
import { newId } from '../../../shared/ids.ts';
import { createHarness, type Harness } from '../../testing/harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

async function setUp() {
  const workspace = await harness.newWorkspace();
  const { workspaceId, apiKey } = workspace;
  const runner = harness.newRunner();
  const { id: sessionId } = await harness.newSession({ workspaceId, owner: runner.owner });
  const id = newId('message');
  const wireId = `3A${crypto.randomUUID().replaceAll('-', '').slice(0, 16).toUpperCase()}`;
  const { messages } = harness.schema;
  const inbound = {
    id,
    workspaceId,
    sessionId,
    direction: 'inbound' as const,
    chatId: '15550100007@c.us',
    fromId: '15550100007@c.us',
    type: 'text',
    content: { text: 'A question' },
    status: 'sent' as const,
    statusRank: 4,
    wireId,
  };
  await harness.db.insert(messages).values(inbound);
  return {
    ...workspace,
    sessionId,
    inbound,
    runner,
    reply: (messageId: string, key = apiKey, body: unknown = { text: 'An answer' }) =>
      harness.call('POST', `/v1/messages/${messageId}/reply`, { key, body }),
    outbound: () =>
      harness.opened(harness.db.select().from(messages).where(eq(messages.quotedMessageId, id))),
  };
}

test('a reply goes to the message’s chat, from its session, and quotes it', async () => {
  const { reply, inbound, outbound, sessionId } = await setUp();
  expect(await reply(inbound.id)).toMatchObject({
    status: 202,
    data: { sessionId, chatId: inbound.chatId, quotedMessageId: inbound.id },
  });
  expect(await outbound()).toMatchObject([{ quotedWireId: inbound.wireId, status: 'queued' }]);
});

test.each(MESSAGE_KIND_NAMES)('a reply may be of kind %s', async (type) => {
  const { reply, inbound, outbound, apiKey } = await setUp();
  const { example } = MESSAGE_KINDS[type];
  const answer = await reply(inbound.id, apiKey, { type, ...example });
  expect(answer).toMatchObject({ status: 202, data: { type, quotedMessageId: inbound.id } });
  expect(await outbound()).toMatchObject([{ type, quotedWireId: inbound.wireId }]);
});

test.each([
  ['an unknown kind', { type: 'song', text: 'x' }, 'type'],
  ['another kind’s field', { type: 'poll', name: 'Tea?', options: ['a', 'b'], text: 'x' }, 'text'],
  ['a field that is missing', { type: 'location', latitude: 1 }, 'longitude'],
  ['a recipient', { text: 'x', to: '+15550100001' }, 'to'],
])('a reply with %s is refused', async (_name, body, field) => {
  const { reply, inbound, outbound, apiKey } = await setUp();
  expect(await reply(inbound.id, apiKey, body)).toMatchObject({
    status: 422,
    error: { code: 'VALIDATION_ERROR', details: { fields: [{ in: 'body', field }] } },
  });
  expect(await outbound()).toEqual([]);
});

test.each(MESSAGE_KIND_NAMES)('a message of kind %s may quote one of its session', async (kind) => {
  const { inbound, outbound, apiKey: key, sessionId, workspaceId } = await setUp();
  const { example } = MESSAGE_KINDS[kind];
  const to = '+15550100001';
  const send = (more: object) =>
    harness.call('POST', `/v1/messages/${kind}`, {
      key,
      body: { to, ...example, ...more },
    });
  expect(await send({ quotedMessageId: inbound.id })).toMatchObject({
    status: 202,
    data: { sessionId, chatId: '15550100001@c.us', quotedMessageId: inbound.id },
  });
  expect(await outbound()).toMatchObject([{ quotedWireId: inbound.wireId }]);
  expect(await send({ sessionId, quotedMessageId: newId('message') })).toMatchObject({
    status: 404,
  });
  const other = await harness.newSession({ workspaceId });
  expect(await send({ sessionId: other.id, quotedMessageId: inbound.id })).toMatchObject({
    status: 409,
    error: { code: 'CONFLICT', message: expect.stringContaining('another session') },
  });
  expect(await outbound()).toHaveLength(1);
});

test('a message that is not there, another workspace’s, and one that is no id', async () => {
  const { reply, inbound } = await setUp();
  const foreign = await harness.newWorkspace();
  const notFound = { status: 404, error: { code: 'NOT_FOUND' } };
  expect(await reply(newId('message'))).toMatchObject(notFound);
  expect(await reply(inbound.id, foreign.apiKey)).toMatchObject(notFound);
  expect(await reply('42')).toMatchObject(notFound);
});

test('one of ours that is not sent yet', async () => {
  const { reply, apiKey, sessionId, outbound } = await setUp();
  const queued = await harness.call('POST', '/v1/messages/text', {
    key: apiKey,
    body: { sessionId, to: '+15550100001', text: 'Hello' },
  });
  const { id } = queued.data as { id: string };
  expect(await reply(id)).toMatchObject({ status: 409, error: { code: 'CONFLICT' } });
  expect(await outbound()).toEqual([]);
});

test('GET shows the message, to its own workspace and to keys that reach its session', async () => {
  const { inbound, apiKey, workspaceId } = await setUp();
  const get = (key: string) => harness.call('GET', `/v1/messages/${inbound.id}`, { key });
  expect(await get(apiKey)).toMatchObject({
    status: 200,
    data: {
      id: inbound.id,
      direction: 'inbound',
      from: { id: inbound.fromId },
      content: { text: 'A question' },
    },
  });
  const other = await harness.newSession({ workspaceId });
  const { apiKey: pinned } = await harness.newKey(workspaceId, { sessionId: other.id });
  const foreign = await harness.newWorkspace();
  expect(await get(pinned)).toMatchObject({ status: 404 });
  expect(await get(foreign.apiKey)).toMatchObject({ status: 404, error: { code: 'NOT_FOUND' } });
});

test('GET /v1/messages lists newest first, page by page, each message once', async () => {
  const { apiKey, sessionId } = await setUp();
  for (let n = 1; n <= 4; n += 1)
    await harness.call('POST', '/v1/messages/text', {
      key: apiKey,
      body: { sessionId, to: '+15550100001', text: `text ${n}` },
    });
  const texts: unknown[] = [];
  let cursor: unknown = '';
  while (typeof cursor === 'string') {
    const page = await harness.call(
      'GET',
      `/v1/messages?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`,
      { key: apiKey },
    );
    expect(page.status).toBe(200);
    texts.push(
      ...(page.data as { content: { text: string } }[]).map(({ content }) => content.text),
    );
    cursor = page.meta['nextCursor'];
  }
  expect(texts).toEqual(['text 4', 'text 3', 'text 2', 'text 1', 'A question']);
  const inboundOnly = await harness.call('GET', '/v1/messages?direction=inbound', { key: apiKey });
  expect(inboundOnly.data).toHaveLength(1);
  expect(await harness.call('GET', '/v1/messages?cursor=abc', { key: apiKey })).toMatchObject({
    status: 422,
    error: { code: 'VALIDATION_ERROR' },
  });
});

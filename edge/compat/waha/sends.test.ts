import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { newId } from '../../../shared/ids.ts';
import { deriveWireId } from '../../../shared/wire-id.ts';
import { createHarness } from '../../testing/harness.ts';
import { liveSession } from '../../testing/live-session.ts';
import { plainCall } from '../../testing/plain-call.ts';

/* What WAHA's calls ask of /v1, and how its answers are written. */
const harness = await createHarness();
const call = plainCall(harness);
const { messages, sessions } = harness.schema;
const CHAT = '15550100001@c.us';
const GROUP = '120363012345678901@g.us';
const SEND = '/compat/waha/api/';

const rowsOf = (workspaceId: string) =>
  harness.db.select().from(messages).where(eq(messages.workspaceId, workspaceId));

/** A message that came in, and WAHA's name for it. */
async function received(workspaceId: string, sessionId: string) {
  const id = newId('message');
  const wireId = newId('message').slice(-20).toUpperCase();
  await harness.db.insert(messages).values({
    id,
    workspaceId,
    sessionId,
    direction: 'inbound',
    chatId: CHAT,
    fromId: CHAT,
    type: 'text',
    content: { text: 'Hi' },
    status: 'sent',
    statusRank: 4,
    wireId,
  });
  return { id, named: `false_${CHAT}_${wireId}` };
}

const PIXEL = {
  mimetype: 'image/png',
  filename: 'pixel.png',
  data: 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
};
const url = (name: string) => `${harness.filesUrl}/${name}`;

test.each<[string, string, Record<string, unknown>, Record<string, unknown>]>([
  ['sendText', 'text', { text: 'Hello' }, { text: 'Hello', linkPreview: true }],
  ['sendText', 'text', { text: 'Hello', linkPreview: false }, { linkPreview: false }],
  ['sendText', 'text', { text: '@1', mentions: [CHAT] }, { mentions: [CHAT] }],
  ['sendText', 'text', { text: 'x', reply_to: null, mentions: [] }, { text: 'x' }],
  ['reply', 'text', { text: 'Hello', reply_to: null }, { text: 'Hello' }],
  ['sendImage', 'image', { file: PIXEL, caption: 'Look' }, { caption: 'Look' }],
  ['sendImage', 'image', { file: { url: url('pixel.png') } }, { mimetype: 'image/png' }],
  ['sendFile', 'document', { file: { url: url('plan.pdf'), filename: 'Plan.pdf' } }, {}],
  ['sendVoice', 'voice', { file: { url: url('song.mp3'), filename: 'a.ogg' }, convert: true }, {}],
  ['sendVideo', 'video', { file: { url: url('clip.mp4') }, asNote: false }, {}],
  [
    'sendPoll',
    'poll',
    { poll: { name: 'Lunch?', options: ['Pizza', 'Salad'], multipleAnswers: true } },
    { name: 'Lunch?', options: ['Pizza', 'Salad'], allowMultiple: true },
  ],
  [
    'sendLocation',
    'location',
    { latitude: 52.5, longitude: '13.4', title: 'Gate' },
    { latitude: 52.5, longitude: 13.4, name: 'Gate' },
  ],
  [
    'sendContactVcard',
    'contact',
    { contacts: [{ fullName: 'Ada', phoneNumber: '+1 555 0100002', organization: 'Engines' }] },
    { contacts: [{ name: 'Ada', phones: ['+15550100002'], organization: 'Engines' }] },
  ],
  [
    'sendContactVcard',
    'contact',
    {
      contacts: [
        {
          vcard:
            'BEGIN:VCARD\nVERSION:3.0\nFN:Ada L\\, MD\nORG:Engines;R&D\nTEL;type=CELL;waid=15550100002:+1 555 010\n 0002\nEND:VCARD',
        },
      ],
    },
    { contacts: [{ name: 'Ada L, MD', phones: ['+15550100002'], organization: 'Engines' }] },
  ],
])('%s queues a %s: %j', async (path, type, said, content) => {
  const { apiKey: key, workspaceId, id, name } = await liveSession(harness);
  await harness.db.update(sessions).set({ phoneNumber: '15550109999' }).where(eq(sessions.id, id));
  const body = { session: name, chatId: CHAT, ...said };
  const answer = await call('POST', `${SEND}${path}`, { key, body });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  const [row] = await rowsOf(workspaceId);
  expect(row).toMatchObject({ type, chatId: CHAT, sessionId: id });
  const shown = await call('GET', `/v1/messages/${row?.id}`, { key });
  expect(Object(shown.body).data.content).toMatchObject(content);
  const [session] = await harness.db.select().from(sessions).where(eq(sessions.id, id));
  const wireId = await deriveWireId(session?.wireKey ?? '', row?.id ?? '');
  const serialized = `true_${CHAT}_${wireId}`;
  expect(answer.body).toMatchObject({
    id: serialized,
    from: '15550109999@c.us',
    to: CHAT,
    fromMe: true,
    source: 'api',
    body: said['text'] ?? said['caption'] ?? '',
    ack: 0,
    ackName: 'PENDING',
    timestamp: Math.floor((row?.createdAt.getTime() ?? 0) / 1_000),
    _data: { id: { fromMe: true, remote: CHAT, id: wireId, _serialized: serialized } },
  });
});

test('everybody in a group is mentioned, and nobody but there', async () => {
  const { apiKey: key, workspaceId } = await liveSession(harness);
  const body = { chatId: GROUP, text: 'Hello', mentions: ['all'] };
  expect(await call('POST', `${SEND}sendText`, { key, body })).toMatchObject({ status: 201 });
  const [row] = await rowsOf(workspaceId);
  const shown = await call('GET', `/v1/messages/${row?.id}`, { key });
  expect(Object(shown.body).data.content).toMatchObject({ mentions: 'all' });
  const alone = await call('POST', `${SEND}sendText`, { key, body: { ...body, chatId: CHAT } });
  expect(alone).toMatchObject({ status: 422, body: { code: 'VALIDATION_ERROR' } });
});

test('a message is quoted, forwarded and reacted to by WAHA’s name for it, or ours', async () => {
  const { apiKey: key, workspaceId, id, runner } = await liveSession(harness);
  const message = await received(workspaceId, id);
  const { named, id: ours } = message;
  for (const reply of [named, ours, named.split('_')[2], `false_${CHAT}_${ours}`]) {
    const body = { chatId: CHAT, text: 'Hello', reply_to: reply };
    expect(await call('POST', `${SEND}sendText`, { key, body })).toMatchObject({ status: 201 });
  }
  const replies = (await rowsOf(workspaceId)).filter(({ type, direction }) => {
    return type === 'text' && direction === 'outbound';
  });
  expect(replies.map(({ quotedMessageId }) => quotedMessageId)).toEqual(
    Array.from({ length: 4 }, () => message.id),
  );
  const forwarded = await call('POST', `${SEND}forwardMessage`, {
    key,
    body: { chatId: '15550100002@c.us', messageId: message.named },
  });
  expect(forwarded).toMatchObject({ status: 201, body: { to: '15550100002@c.us' } });
  const reaction = { messageId: message.named, reaction: '👍' };
  const reacted = await call('PUT', `${SEND}reaction`, { key, body: reaction });
  expect(reacted).toMatchObject({ status: 200, body: { id: message.named, fromMe: false } });
  const star = { messageId: message.named, chatId: CHAT, star: true };
  expect(await call('PUT', `${SEND}star`, { key, body: star })).toMatchObject({ status: 200 });
  const asked = (await runner.calls()).filter(({ name }) => name !== 'doorbell');
  expect(asked).toMatchObject([
    { name: 'reactToMessage', body: { emoji: '👍', chatId: CHAT } },
    { name: 'starMessage', body: { starred: true, chatId: CHAT } },
  ]);
});

test('a message of one’s own is edited and deleted', async () => {
  const { apiKey: key, workspaceId, id, name, runner } = await liveSession(harness);
  const message = await received(workspaceId, id);
  await harness.db
    .update(messages)
    .set({ direction: 'outbound', fromId: null })
    .where(eq(messages.id, message.id));
  const named = message.named.replace('false', 'true');
  const path = `/compat/waha/api/${name}/chats/${CHAT}/messages/${named}`;
  const edited = await call('PUT', path, { key, body: { text: 'Hello again' } });
  expect(edited).toMatchObject({ status: 200, body: { id: named, fromMe: true } });
  expect(await call('DELETE', path, { key })).toMatchObject({ status: 200, body: {} });
  expect(await runner.calls()).toMatchObject([
    { name: 'editMessage', body: { text: 'Hello again' } },
    { name: 'deleteMessage', body: { for: 'everyone' } },
  ]);
});

test.each<[string, Record<string, unknown>, string, Record<string, unknown>]>([
  ['sendSeen', { messageIds: ['x'] }, 'markChatSeen', { chatId: CHAT }],
  ['startTyping', {}, 'showChatState', { chatId: CHAT, state: 'typing', forMs: 60_000 }],
  ['stopTyping', {}, 'showChatState', { chatId: CHAT, state: 'none' }],
])('%s asks the session', async (path, said, name, asked) => {
  const { apiKey: key, runner, name: session } = await liveSession(harness);
  const body = { session, chatId: '15550100001', ...said };
  expect(await call('POST', `${SEND}${path}`, { key, body })).toMatchObject({
    status: 201,
    body: {},
  });
  expect(await runner.calls()).toMatchObject([{ name, body: asked }]);
});

test('a link is sent below its title', async () => {
  const { apiKey: key } = await liveSession(harness);
  const send = (said: Record<string, unknown>) =>
    call('POST', `${SEND}sendLinkPreview`, { key, body: { chatId: CHAT, ...said } });
  const url = 'https://example.com';
  expect(await send({ url, title: 'Our shop' })).toMatchObject({
    status: 201,
    body: { body: `Our shop\n${url}` },
  });
  expect(await send({ url, title: '' })).toMatchObject({ status: 201, body: { body: url } });
  expect(await send({ url: '', title: '' })).toMatchObject({
    status: 422,
    body: { message: expect.stringContaining('url') },
  });
});

test.each(['contacts/check-exists', 'checkNumberStatus'])('%s checks a number', async (route) => {
  const { apiKey: key, name } = await liveSession(harness);
  const path = `${SEND}${route}?phone=%2B15550100001&session=${name}`;
  expect(await call('GET', path, { key })).toMatchObject({
    status: 200,
    body: { numberExists: true, chatId: CHAT },
  });
});

test.each([
  'sendList',
  'sendButtons',
  'sendPollVote',
  'send/buttons/reply',
  'send/link-custom-preview',
])('%s is answered with 501 and the reason', async (path) => {
  const { apiKey: key } = await liveSession(harness);
  const body = { session: 'default', chatId: CHAT };
  const answer = await call('POST', `${SEND}${path}`, { key, body });
  expect(answer).toMatchObject({
    status: 501,
    body: { statusCode: 501, error: 'Not Implemented', code: 'NOT_SUPPORTED' },
  });
});

test.each<[string, Record<string, unknown>, number, string, string]>([
  ['sendText', { chatId: CHAT }, 422, 'VALIDATION_ERROR', 'text'],
  ['sendText', { chatId: 'nobody', text: 'x' }, 422, 'VALIDATION_ERROR', 'chatId'],
  ['sendText', { chatId: CHAT, text: 'x', reply_to: 'true_1_2' }, 404, 'NOT_FOUND', ''],
  ['sendText', { chatId: CHAT, text: 'x', session: 'nobody' }, 404, 'SESSION_NOT_FOUND', ''],
  ['sendImage', { chatId: CHAT, file: {} }, 422, 'VALIDATION_ERROR', 'file.url'],
  ['sendFile', { chatId: CHAT, file: { data: '?' } }, 422, 'VALIDATION_ERROR', ''],
])('%s with %j is refused with %i', async (path, body, status, code, named) => {
  const { apiKey: key } = await liveSession(harness);
  const answer = await call('POST', `${SEND}${path}`, { key, body });
  expect(answer, JSON.stringify(answer.body)).toMatchObject({
    status,
    body: { statusCode: status, code, message: expect.stringContaining(named) },
  });
});

import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { newId } from '../../../shared/ids.ts';
import { deriveWireId } from '../../../shared/wire-id.ts';
import { createHarness } from '../../testing/harness.ts';
import { liveSession } from '../../testing/live-session.ts';
import { plainCall } from '../../testing/plain-call.ts';

/* What Evolution's sends ask of /v1, and how their answers are written. */
const harness = await createHarness();
const call = plainCall(harness);
const { messages, sessions } = harness.schema;
const CHAT = '15550100001@c.us';
const JID = '15550100001@s.whatsapp.net';
const GROUP = '120363012345678901@g.us';
const SEND = '/compat/evolution/message';

const rowsOf = (workspaceId: string) =>
  harness.db.select().from(messages).where(eq(messages.workspaceId, workspaceId));

/** A message that came in, and its key as Evolution's clients know it. */
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
  return { id, key: { id: wireId, remoteJid: JID, fromMe: false } };
}

const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';
const url = (name: string) => `${harness.filesUrl}/${name}`;
const CARD = { fullName: 'Ada', phoneNumber: '+1 555 0100002', organization: 'Engines' };

test.each<[string, string, Record<string, unknown>, Record<string, unknown>, object]>([
  ['sendText', 'text', { text: 'Hello' }, { text: 'Hello' }, { conversation: 'Hello' }],
  [
    'sendText',
    'text',
    { textMessage: { text: 'Hello' }, options: { delay: 1_200, linkPreview: false } },
    { text: 'Hello', linkPreview: false },
    { conversation: 'Hello' },
  ],
  ['sendText', 'text', { text: '@1', mentioned: [CHAT] }, { mentions: [CHAT] }, {}],
  [
    'sendMedia',
    'image',
    { mediatype: 'image', media: PIXEL, mimetype: 'image/jpeg', caption: 'Look' },
    { caption: 'Look' },
    { imageMessage: { caption: 'Look', mimetype: 'image/jpeg' } },
  ],
  [
    'sendMedia',
    'document',
    { mediaMessage: { mediatype: 'document', media: url('plan.pdf'), fileName: 'Plan.pdf' } },
    { filename: 'Plan.pdf' },
    { documentMessage: expect.objectContaining({ fileName: 'Plan.pdf' }) },
  ],
  ['sendMedia', 'video', { mediatype: 'video', media: url('clip.mp4') }, {}, {}],
  ['sendMedia', 'audio', { mediatype: 'audio', media: url('song.mp3'), caption: 'x' }, {}, {}],
  ['sendWhatsAppAudio', 'voice', { audio: url('song.mp3') }, {}, {}],
  ['sendWhatsAppAudio', 'voice', { audioMessage: { audio: url('song.mp3') } }, {}, {}],
  ['sendSticker', 'sticker', { sticker: PIXEL }, {}, {}],
  [
    'sendLocation',
    'location',
    { name: 'Gate', address: 'Berlin', latitude: 52.5, longitude: 13.4 },
    { latitude: 52.5, name: 'Gate', address: 'Berlin' },
    { locationMessage: expect.objectContaining({ degreesLatitude: 52.5, name: 'Gate' }) },
  ],
  [
    'sendContact',
    'contact',
    { contact: [CARD] },
    { contacts: [{ name: 'Ada', phones: ['+15550100002'], organization: 'Engines' }] },
    { contactMessage: expect.objectContaining({ displayName: 'Ada' }) },
  ],
  [
    'sendContact',
    'contact',
    { contactMessage: [{ fullName: 'Ada', wuid: '15550100002@s.whatsapp.net' }] },
    { contacts: [{ name: 'Ada', phones: ['+15550100002'] }] },
    {},
  ],
  [
    'sendPoll',
    'poll',
    { name: 'Lunch?', selectableCount: 1, values: ['Pizza', 'Salad'] },
    { options: ['Pizza', 'Salad'], allowMultiple: false },
    { pollCreationMessage: expect.objectContaining({ name: 'Lunch?' }) },
  ],
])('%s queues a %s: %j', async (path, type, said, content, message) => {
  const { apiKey, workspaceId, id, name } = await liveSession(harness);
  const answer = await call('POST', `${SEND}/${path}/${name}`, {
    headers: { apikey: apiKey },
    body: { number: '15550100001', ...said },
  });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  const [row] = await rowsOf(workspaceId);
  expect(row).toMatchObject({ type, chatId: CHAT, sessionId: id });
  const shown = await call('GET', `/v1/messages/${row?.id}`, { key: apiKey });
  expect(Object(shown.body).data.content).toMatchObject(content);
  const [session] = await harness.db.select().from(sessions).where(eq(sessions.id, id));
  expect(answer.body).toMatchObject({
    key: {
      remoteJid: JID,
      fromMe: true,
      id: await deriveWireId(session?.wireKey ?? '', row?.id ?? ''),
    },
    status: 'PENDING',
    message,
    messageTimestamp: Math.floor((row?.createdAt.getTime() ?? 0) / 1_000),
    instanceId: id,
  });
});

test('what is not used is named', async () => {
  const { apiKey: key, name } = await liveSession(harness);
  const body = { number: JID, text: 'Hello', delay: 1_200, presence: 'composing' };
  const { headers } = await call('POST', `${SEND}/sendText/${name}`, { key, body });
  expect(headers.get('waypost-ignored')).toBe('presence, delay');
});

test('everybody in a group is mentioned', async () => {
  const { apiKey: key, workspaceId, name } = await liveSession(harness);
  const path = `${SEND}/sendText/${name}`;
  for (const more of [
    { text: 'x', mentionsEveryOne: true },
    { textMessage: { text: 'x' }, options: { mentions: { everyOne: true } } },
  ])
    expect(await call('POST', path, { key, body: { number: GROUP, ...more } })).toMatchObject({
      status: 201,
      body: { key: { remoteJid: GROUP } },
    });
  for (const { id } of await rowsOf(workspaceId))
    expect((await call('GET', `/v1/messages/${id}`, { key })).body).toMatchObject({
      data: { content: { mentions: 'all' } },
    });
});

test('a message is quoted and reacted to by its key', async () => {
  const { apiKey: key, workspaceId, id, name, runner } = await liveSession(harness);
  const message = await received(workspaceId, id);
  const quoted = { key: message.key, message: { conversation: 'Hi' } };
  for (const more of [{ quoted }, { options: { quoted } }])
    expect(
      await call('POST', `${SEND}/sendText/${name}`, {
        key,
        body: { number: JID, text: 'Hello', ...more },
      }),
    ).toMatchObject({ status: 201 });
  const replies = (await rowsOf(workspaceId)).filter((row) => row.direction === 'outbound');
  expect(replies.map((row) => row.quotedMessageId)).toEqual([message.id, message.id]);
  for (const body of [
    { key: message.key, reaction: '👍' },
    { reactionMessage: { key: message.key, reaction: '👍' } },
  ])
    expect(await call('POST', `${SEND}/sendReaction/${name}`, { key, body })).toMatchObject({
      status: 201,
      body: {
        messageType: 'reactionMessage',
        message: { reactionMessage: { text: '👍', key: message.key } },
      },
    });
  const asked = (await runner.calls()).filter((one) => one.name === 'reactToMessage');
  expect(asked).toMatchObject([{ body: { emoji: '👍' } }, { body: { emoji: '👍' } }]);
});

test('a status is posted, and a recording is refused', async () => {
  const { apiKey: key, name, runner } = await liveSession(harness);
  const path = `${SEND}/sendStatus/${name}`;
  const body = { type: 'text', content: 'Open', backgroundColor: '#112233', font: 1 };
  expect(await call('POST', path, { key, body })).toMatchObject({
    status: 201,
    body: { key: { remoteJid: 'status@broadcast' }, message: { conversation: 'Open' } },
  });
  expect(await runner.calls()).toMatchObject([
    { name: 'postStatus', body: { text: 'Open', color: '#112233', font: 1 } },
  ]);
  expect(await call('POST', path, { key, body: { type: 'audio', content: PIXEL } })).toMatchObject({
    status: 501,
    body: { status: 501, error: 'Not Implemented', code: 'NOT_SUPPORTED' },
  });
});

test.each(['sendPtv', 'sendButtons', 'sendList', 'sendTemplate'])(
  '%s is 501 with the reason',
  async (path) => {
    const { apiKey: key, name } = await liveSession(harness);
    const answer = await call('POST', `${SEND}/${path}/${name}`, { key, body: { number: JID } });
    expect(answer).toMatchObject({
      status: 501,
      body: { status: 501, response: { message: [expect.any(String)] }, code: 'NOT_SUPPORTED' },
    });
  },
);

test('a number that is not on WhatsApp is named as Evolution names it', async () => {
  const { apiKey: key, name, runner } = await liveSession(harness);
  const error = { code: 'RECIPIENT_NOT_ON_WHATSAPP', message: 'not on WhatsApp' };
  await runner.script({
    doorbell: { body: { settled: { status: 'failed', wireId: null, error } } },
  });
  const request = {
    key,
    body: { number: '+1 999 5550001', text: 'x' },
    headers: { prefer: 'wait=5' },
  };
  const stranger = { jid: '19995550001@s.whatsapp.net', exists: false, number: '+1 999 5550001' };
  expect(await call('POST', `${SEND}/sendText/${name}`, request)).toMatchObject({
    status: 400,
    body: {
      status: 400,
      error: 'Bad Request',
      response: { message: [stranger] },
      code: 'RECIPIENT_NOT_ON_WHATSAPP',
      details: { messageId: expect.stringMatching(/^msg_/) },
    },
  });
});

test.each<[string, Record<string, unknown>, number, string, string | null]>([
  ['sendText', { number: JID }, 400, 'VALIDATION_ERROR', 'text'],
  ['sendText', { number: 'nobody', text: 'x' }, 400, 'VALIDATION_ERROR', 'number'],
  ['sendText', { number: JID, text: 'x', quoted: { key: { id: 'X' } } }, 404, 'NOT_FOUND', null],
  ['sendMedia', { number: JID, mediatype: 'image' }, 400, 'VALIDATION_ERROR', 'media'],
  ['sendMedia', { number: JID, mediatype: 'image', media: '?' }, 400, 'VALIDATION_ERROR', null],
  ['sendReaction', { reaction: '👍' }, 400, 'VALIDATION_ERROR', 'key'],
])('%s with %j is refused with %i', async (path, body, status, code, field) => {
  const { apiKey: key, name } = await liveSession(harness);
  const answer = await call('POST', `${SEND}/${path}/${name}`, { key, body });
  const details = field === null ? {} : { details: { fields: [{ field }] } };
  expect(answer, JSON.stringify(answer.body)).toMatchObject({
    status,
    body: { status, code, response: { message: [expect.any(String)] }, ...details },
  });
});

import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../../shared/ids.ts';
import { createHarness, type Harness, idOf } from '../../testing/harness.ts';
import { liveSession } from '../../testing/live-session.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

type Row = typeof harness.schema.messages.$inferInsert;

/** A session with a message of this content, and how to forward it. */
async function setUp(type: string, content: object, change: Partial<Row> = {}) {
  const session = await liveSession(harness);
  const { messages } = harness.schema;
  const id = newId('message');
  await harness.db.insert(messages).values({
    id,
    workspaceId: session.workspaceId,
    sessionId: session.id,
    direction: 'inbound',
    chatId: '15550100002@c.us',
    type,
    content,
    status: 'delivered',
    statusRank: 4,
    wireId: '3A5F0C431C26A1916E07',
    ...change,
  });
  return {
    ...session,
    forward: (body: object = {}) =>
      session.call('POST', `/messages/${id}/forward`, { to: '+15550100003', ...body }),
    contentOf: async (messageId: string) =>
      (
        await harness.opened(harness.db.select().from(messages).where(eq(messages.id, messageId)))
      )[0]?.content,
  };
}

const heard = { text: null, isGroup: false, media: null, location: null, vcards: [], poll: null };
const place = { latitude: 1.5, longitude: 2.5, name: 'Here', address: null };
const poll = { name: 'Lunch?', options: ['Pizza', 'Salad'], allowMultiple: true };
const outbound = { direction: 'outbound', status: 'sent' } as const;

describe.each([
  [
    'a text of somebody else',
    'text',
    { ...heard, text: 'Hi' },
    {},
    { type: 'text', text: 'Hi', linkPreview: true },
  ],
  [
    'a text of its own, without its mentions',
    'text',
    { type: 'text', text: 'Hi', linkPreview: false, mentions: ['15550100004@c.us'] },
    outbound,
    { type: 'text', text: 'Hi', linkPreview: false },
  ],
  [
    'a location',
    'location',
    { ...heard, location: place },
    {},
    { type: 'location', latitude: 1.5, longitude: 2.5, name: 'Here' },
  ],
  ['a poll', 'poll', { ...heard, poll }, {}, { type: 'poll', ...poll }],
  [
    'contact cards of its own',
    'contact',
    { type: 'contact', contacts: [{ name: 'Ada', phones: ['+15550100004'] }] },
    outbound,
    { type: 'contact', contacts: [{ name: 'Ada', phones: ['+15550100004'] }] },
  ],
])('%s', (_what, type, content, change, expected) => {
  test('is forwarded as a queued message of its own, in its session', async () => {
    const { forward, contentOf, id: sessionId } = await setUp(type, content, change);
    const answer = await forward({ reference: 'order-7' });
    expect(answer).toMatchObject({
      status: 202,
      data: { sessionId, chatId: '15550100003@c.us', type, status: 'queued', reference: 'order-7' },
    });
    expect(await contentOf(idOf(answer))).toEqual({ ...expected, forwarded: true });
  });
});

const FILE = { mimetype: 'image/png', filename: null, sizeBytes: 3, mediaId: null, error: null };

/** A stored file of the session. */
async function store(of: { workspaceId: string; id: string }, mimetype: string) {
  const id = newId('media');
  await harness.db.insert(harness.schema.media).values({
    id,
    workspaceId: of.workspaceId,
    sessionId: of.id,
    objectKey: `${of.workspaceId}/media/${id}`,
    mimetype,
    filename: 'plan.pdf',
    sizeBytes: 3,
    sha256: '00',
  });
  await harness.db
    .update(harness.schema.messages)
    .set({ mediaId: id })
    .where(eq(harness.schema.messages.workspaceId, of.workspaceId));
  return id;
}

describe('a file', () => {
  const media = { ...heard, media: FILE };
  const own = { mediaId: 'm', mimetype: 'x', filename: 'Offer.pdf', caption: 'Look' };

  test.each([
    ['image', { ...media, text: 'Look' }, {}, 'image/png', { caption: 'Look' }],
    ['video', media, {}, 'video/mp4', { asGif: false, asDocument: false }],
    ['voice', media, {}, 'audio/ogg; codecs=opus', {}],
    ['audio', media, {}, 'audio/mpeg', {}],
    ['sticker', media, {}, 'image/webp', {}],
    ['document', { ...media, text: '' }, {}, 'application/pdf', {}],
    [
      'document',
      { type: 'document', ...own },
      outbound,
      'application/pdf',
      { caption: 'Look', filename: 'Offer.pdf' },
    ],
  ])(
    'of the kind %s with %j is forwarded as it is stored',
    async (type, content, change, mimetype, said) => {
      const session = await setUp(type, content, change);
      const mediaId = await store(session, mimetype);
      const answer = await session.forward();
      expect(answer).toMatchObject({ status: 202, data: { type } });
      expect(await session.contentOf(idOf(answer))).toEqual({
        type,
        mediaId,
        mimetype,
        filename: 'plan.pdf',
        forwarded: true,
        ...said,
      });
    },
  );

  test.each([
    ['failed', 'image', { ...media, media: { ...FILE, error: 'gone' } }, {}],
    ['pending', 'image', media, { mediaPendingSince: new Date() }],
    ['view_once', 'image', { type: 'image', ...own, viewOnce: true }, outbound],
  ])('that is %s is a CONFLICT', async (reason, type, content, change) => {
    const { forward } = await setUp(type, content, change);
    expect(await forward()).toMatchObject({
      status: 409,
      error: { code: 'CONFLICT', details: { reason } },
    });
  });

  test('that was deleted meanwhile is NOT_FOUND', async () => {
    const { forward } = await setUp('image', media, { mediaId: newId('media') });
    expect(await forward()).toMatchObject({ status: 404, error: { code: 'NOT_FOUND' } });
  });
});

test.each([
  ['contact', { ...heard, vcards: ['BEGIN:VCARD'] }],
  ['unknown', heard],
])('a message of type %s that somebody else sent is NOT_SUPPORTED', async (type, content) => {
  const { forward } = await setUp(type, content);
  expect(await forward()).toMatchObject({
    status: 501,
    error: { code: 'NOT_SUPPORTED', details: { capability: `forward.${type}` } },
  });
});

test('what was deleted for everyone is not forwarded', async () => {
  const { forward } = await setUp('text', { ...heard, text: 'Hi' }, { revokedAt: new Date() });
  expect((await forward()).error).toMatchObject({
    code: 'CONFLICT',
    details: { reason: 'deleted' },
  });
});

test('an Idempotency-Key makes it safe to repeat', async () => {
  const { apiKey, forward } = await setUp('text', { ...heard, text: 'Hi' });
  const first = await forward();
  const path = `/v1/messages/${idOf(first)}/forward`;
  const send = () =>
    harness.call('POST', path, {
      key: apiKey,
      headers: { 'idempotency-key': 'once' },
      body: { to: '+15550100004' },
    });
  const [one, two] = [await send(), await send()];
  expect(two.headers.get('idempotent-replayed')).toBe('true');
  expect(idOf(two)).toBe(idOf(one));
});

test.each([
  ['nobody', {}],
  ['no number', { to: 'hello' }],
  ['a text', { to: '+15550100003', text: 'Hi' }],
])('to %s is a VALIDATION_ERROR', async (_what, body) => {
  const { call, workspaceId } = await setUp('text', { ...heard, text: 'Hi' });
  const { messages } = harness.schema;
  const [row] = await harness.db
    .select()
    .from(messages)
    .where(eq(messages.workspaceId, workspaceId));
  const answer = await call('POST', `/messages/${row?.id}/forward`, body);
  expect(answer.error?.code).toBe('VALIDATION_ERROR');
});

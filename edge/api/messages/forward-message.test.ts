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
      (await harness.db.select().from(messages).where(eq(messages.id, messageId)))[0]?.content,
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

test.each([
  ['image', { ...heard, media: { mimetype: 'image/png' } }],
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

import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { LIVE_OPERATIONS } from '../../../shared/catalogue/live-operations.ts';
import { newId } from '../../../shared/ids.ts';
import { createHarness, type Harness } from '../../testing/harness.ts';
import { done, liveSession } from '../../testing/live-session.ts';
import { isOneEmoji } from './emoji.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

const chatId = '15550100001@c.us';
const wireId = '3EB0C431C26A1916E07A5D';
const wireKey = `true_${chatId}_${wireId}`;
const { at } = LIVE_OPERATIONS.reactToMessage.example.output;
const AT = new Date(at).toISOString();

/** A session online at a fake runner, with a message of its own. */
async function setUp(change: Partial<typeof harness.schema.messages.$inferInsert> = {}) {
  const session = await liveSession(harness);
  const id = newId('message');
  await harness.db.insert(harness.schema.messages).values({
    id,
    workspaceId: session.workspaceId,
    sessionId: session.id,
    chatId,
    wireId,
    wireKey,
    direction: 'outbound',
    type: 'text',
    status: 'sent',
    statusRank: 2,
    reference: 'order-7',
    content: { type: 'text', text: 'Hi', linkPreview: true },
    ...change,
  });
  const { events: table } = harness.schema;
  const events = () =>
    harness.opened(
      harness.db.select().from(table).where(eq(table.workspaceId, session.workspaceId)),
    );
  return { ...session, messageId: id, path: `/messages/${id}`, events };
}

describe.each([
  [
    'POST',
    '/react',
    { emoji: '👍' },
    'reactToMessage',
    { emoji: '👍' },
    { reactions: [{ from: { id: chatId, lid: '90000000001@lid' }, emoji: '👍', at: AT }] },
    ['message.reaction', { fromMe: true, emoji: '👍', removed: false }],
  ],
  [
    'PATCH',
    '',
    { text: 'Hi there' },
    'editMessage',
    { text: 'Hi there' },
    { content: { type: 'text', text: 'Hi there', linkPreview: true }, editedAt: AT },
    ['message.edited', { fromMe: true, text: 'Hi there' }],
  ],
  [
    'DELETE',
    '',
    undefined,
    'deleteMessage',
    { for: 'everyone' },
    { revokedAt: AT, deletedAt: null },
    ['message.revoked', { fromMe: true }],
  ],
  [
    'DELETE',
    '?for=me',
    undefined,
    'deleteMessage',
    { for: 'me' },
    { revokedAt: null, deletedAt: AT },
    null,
  ],
  ['POST', '/star', {}, 'starMessage', { starred: true }, { starred: true }, null],
  [
    'POST',
    '/pin',
    { duration: '24h' },
    'pinMessage',
    { seconds: 86_400 },
    { pinnedUntil: new Date(at + 86_400_000).toISOString() },
    null,
  ],
  ['POST', '/seen', undefined, 'markChatSeen', {}, {}, null],
] as const)('%s /v1/messages/:id%s', (method, suffix, body, name, asked, shown, event) => {
  test('asks the session of the message, and answers with the message as it is then', async () => {
    const { call, path, runner, id: session, name: sessionName, messageId } = await setUp();
    const answer = await call(method, `${path}${suffix}`, body);
    expect(answer.error).toBeUndefined();
    expect(answer.data).toMatchObject({ id: messageId, ...shown });
    expect(answer.meta).toMatchObject({ sessionId: session, sessionName });
    expect(await runner.calls()).toMatchObject([
      { name, session, body: { chatId, reference: wireKey, ...asked } },
    ]);
    expect((await call('GET', path)).data).toEqual(answer.data);
  });

  test('makes its event once, and says whose message it is', async () => {
    const { call, path, events, messageId } = await setUp();
    await call(method, `${path}${suffix}`, body);
    await call(method, `${path}${suffix}`, body);
    const about = { messageId, wireId, chatId, reference: 'order-7' };
    const expected = event === null ? [] : [{ type: event[0], data: { ...about, ...event[1] } }];
    expect(await events()).toMatchObject(expected);
  });

  test('keeps what WhatsApp refuses, and changes nothing', async () => {
    const { call, path, runner, events } = await setUp();
    const before = await call('GET', path);
    const details = { reason: 'too_old' };
    const error = { code: 'CONFLICT', message: 'Too late.', details };
    await runner.script({ [name]: { status: 409, body: { ok: false, error } } });
    expect(await call(method, `${path}${suffix}`, body)).toMatchObject({ status: 409, error });
    expect((await call('GET', path)).data).toEqual(before.data);
    expect(await events()).toEqual([]);
  });

  test('is not for a message that WhatsApp does not have yet', async () => {
    const { call, path, runner } = await setUp({ wireId: null, wireKey: null, status: 'queued' });
    expect((await call(method, `${path}${suffix}`, body)).error).toMatchObject({
      code: 'CONFLICT',
      details: { reason: 'not_sent' },
    });
    expect(await runner.calls()).toEqual([]);
  });
});

test('a reaction is removed by null and by an empty text', async () => {
  for (const emoji of [null, '']) {
    const { call, path, runner } = await setUp();
    await call('POST', `${path}/react`, { emoji: '👍' });
    const { output } = LIVE_OPERATIONS.reactToMessage.example;
    await runner.script({ reactToMessage: done({ ...output, emoji: '', at: at + 1 }) });
    expect((await call('POST', `${path}/react`, { emoji })).data).toMatchObject({ reactions: [] });
  }
});

test.each([
  ['two emojis', 'POST', '/react', { emoji: '👍👍' }],
  ['a word', 'POST', '/react', { emoji: 'ok' }],
  ['no emoji', 'POST', '/react', {}],
  ['an empty text', 'PATCH', '', { text: ' ' }],
  ['a text too long', 'PATCH', '', { text: 'x'.repeat(65_537) }],
  ['nobody', 'DELETE', '?for=nobody', undefined],
  ['a duration of no pin', 'POST', '/pin', { pinned: false, duration: '7d' }],
  ['another duration', 'POST', '/pin', { duration: '2d' }],
])('%s is a VALIDATION_ERROR', async (_what, method, suffix, body) => {
  const { call, path, runner } = await setUp();
  expect((await call(method, `${path}${suffix}`, body)).error?.code).toBe('VALIDATION_ERROR');
  expect(await runner.calls()).toEqual([]);
});

test.each(['👍', '👍🏽', '❤️', '❤', '👩‍🚀', '👨‍👩‍👧‍👦', '🏳️‍🌈', '🇩🇪', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '1️⃣', '☺️'])(
  '%s is one emoji',
  (emoji) => {
    expect(isOneEmoji(emoji)).toBe(true);
  },
);

test.each(['', ' ', '👍 ', 'a', '1', '#', '👍👍', '🇩🇪🇫🇷', '🇩', 'é', '👍a', '\u200D', '\uFE0F'])(
  '“%s” is not',
  (text) => {
    expect(isOneEmoji(text)).toBe(false);
  },
);

import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { newId } from '../../../shared/ids.ts';
import { createHarness, type TestRequest } from '../../testing/harness.ts';
import { liveSession } from '../../testing/live-session.ts';

const harness = await createHarness();
const { messages } = harness.schema;
const TO = '+15550100001';
const CHAT = '15550100001@c.us';
const GROUP = '120363012345678901@g.us';

/** A session online at a fake runner, the default of its workspace. */
async function setUp() {
  const session = await liveSession(harness, { name: 'support' });
  const { apiKey: key, workspaceId } = session;
  return {
    ...session,
    post: (path: string, body: unknown, more: TestRequest = {}) =>
      harness.call('POST', `/api/${path}`, { key, body, ...more }),
    rows: () =>
      harness.opened(
        harness.db.select().from(messages).where(eq(messages.workspaceId, workspaceId)),
      ),
    /** A message that has come in, to reply to. */
    received: async (sessionId = session.id) => {
      const id = newId('message');
      await harness.db.insert(messages).values({
        id,
        workspaceId,
        sessionId,
        direction: 'inbound',
        chatId: CHAT,
        type: 'text',
        content: { text: 'Hi' },
        status: 'sent',
        statusRank: 4,
        wireId: id.slice(-20).toUpperCase(),
      });
      return id;
    },
  };
}

const file = (path: string) => `${harness.filesUrl}${path}`;

describe('a text', () => {
  test.each([{ to: TO }, { to: TO, sessionId: 'support' }, { to: TO, sessionId: ' SUPPORT ' }])(
    'goes from the same session, written %j',
    async (body) => {
      const { post, rows, id } = await setUp();
      const answer = await post('send', { text: 'Hello', ...body });
      const [row] = await rows();
      expect(answer).toMatchObject({ status: 202, meta: { sessionId: id } });
      expect(answer.headers.get('waypost-ignored')).toBeNull();
      expect(answer.data).toEqual({
        messageId: row?.id,
        status: 'queued',
        sessionId: id,
        to: CHAT,
        timestamp: row?.createdAt.toISOString(),
      });
    },
  );

  test('names what it ignored of body and query', async () => {
    const { post } = await setUp();
    const body = { to: TO, text: 'Hello', priority: 1, 'größe, x': 2 };
    const { status, headers } = await post('send?v=2', body);
    expect(status).toBe(202);
    expect(headers.get('waypost-ignored')).toBe('v, priority, gr%C3%B6%C3%9Fe%2C%20x');
    const many = Object.fromEntries(
      Array.from({ length: 200 }, (_, n) => [`${'n'.repeat(80)}${n}`, n]),
    );
    const named = (await post('send', { ...body, ...many })).headers.get('waypost-ignored');
    expect(named?.split(', ')).toHaveLength(20);
    expect(named?.length).toBeLessThan(1_100);
  });

  test.each([
    ['send', { session_id: 'other' }, 'session_id', 'did you mean `sessionId`?'],
    ['send', { instanceName: 'other' }, 'instanceName', 'did you mean `sessionId`?'],
    ['send', { connectionId: 'other' }, 'connectionId', 'did you mean `sessionId`?'],
    [
      'send-media',
      { mediaUrl: 'https://a.example/a.jpg', Caption: 'Look' },
      'Caption',
      '`caption`?',
    ],
  ])('%s refuses %j, which may be meant for another field', async (path, fields, field, hint) => {
    const { post, rows } = await setUp();
    expect(await post(path, { to: TO, text: 'Hello', ...fields })).toMatchObject({
      status: 422,
      error: {
        details: { fields: [{ in: 'body', field, message: expect.stringContaining(hint) }] },
      },
    });
    expect(await rows()).toEqual([]);
  });

  test('is sent once for one Idempotency-Key, also by /v1', async () => {
    const { post, rows, apiKey: key } = await setUp();
    const headers = { 'idempotency-key': 'order-1' };
    const body = { to: TO, text: 'Hello' };
    const first = await post('send', body, { headers });
    const again = await post('send', body, { headers });
    expect(again.data).toEqual(first.data);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    await harness.call('POST', '/v1/messages/text', { key, body, headers });
    expect(await rows()).toHaveLength(1);
    expect(await post('send', { ...body, text: 'Other' }, { headers })).toMatchObject({
      status: 422,
      error: { code: 'IDEMPOTENCY_MISMATCH' },
    });
  });
});

describe('a file', () => {
  test.each([
    ['image', '/pixel.png', {}, null],
    ['image', '/download?size=2', { filename: 'dot.PNG' }, 'filename'],
    ['image', '/pixel.png?x=.mp4#a.mp3', { caption: '' }, null],
    ['video', '/clip.mp4', { caption: 'Look' }, null],
    ['audio', '/song.mp3', { caption: 'Look' }, 'caption'],
    ['document', '/plan.pdf', { fileName: 'Plan', caption: 'Look' }, null],
    ['document', '/download', {}, null],
  ])('is sent as %s: %s with %j', async (type, path, fields, ignored) => {
    const { post, rows } = await setUp();
    const answer = await post('send-media', { to: TO, mediaUrl: file(path), ...fields });
    expect(answer).toMatchObject({ status: 202, data: { status: 'queued', to: CHAT } });
    expect(answer.headers.get('waypost-ignored')).toBe(ignored);
    expect(await rows()).toMatchObject([{ type }]);
  });

  test('is named in the other spelling as well', async () => {
    const { post, rows } = await setUp();
    const address = file('/plan.pdf');
    expect(await post('send-media', { to: TO, media_url: address })).toMatchObject({ status: 202 });
    const both = { to: TO, mediaUrl: address, media_url: address, filename: 'a', fileName: 'a' };
    expect(await post('send-media', both)).toMatchObject({ status: 202 });
    expect(await rows()).toMatchObject([{ type: 'document' }, { type: 'document' }]);
  });

  test.each([
    [{}, 'mediaUrl', 'is required'],
    [{ mediaUrl: 'photo.jpg' }, 'mediaUrl', 'must be an http or https URL'],
    [{ media_url: 'ftp://example.com/a.jpg' }, 'media_url', 'must be an http or https URL'],
    [
      { mediaUrl: 'https://a.example/a.jpg', media_url: 'https://b.example/a.jpg' },
      'media_url',
      'differ',
    ],
    [{ mediaUrl: 'https://a.example/a.pdf', filename: 'a', fileName: 'b' }, 'fileName', 'differ'],
    [{ mediaUrl: 'https://a.example/a.pdf', fileName: ' ' }, 'fileName', ''],
  ])('is refused with %j', async (fields, field, message) => {
    const { post, rows } = await setUp();
    expect(await post('send-media', { to: TO, ...fields })).toMatchObject({
      status: 422,
      error: {
        code: 'VALIDATION_ERROR',
        details: { fields: [{ in: 'body', field, message: expect.stringContaining(message) }] },
      },
    });
    expect(await rows()).toEqual([]);
  });

  test('whose content is not what its ending promises is refused', async () => {
    const { post } = await setUp();
    expect(await post('send-media', { to: TO, mediaUrl: file('/page.png') })).toMatchObject({
      status: 422,
      error: { code: 'MEDIA_REJECTED', details: { reason: 'not_an_image' } },
    });
  });
});

describe('a reply', () => {
  test('goes to the message’s chat, from its session, once for one key', async () => {
    const { post, rows, received, id } = await setUp();
    const messageId = await received();
    const headers = { 'idempotency-key': 'reply-1' };
    const body = { sessionId: 'support', messageId, text: 'Thanks' };
    const answer = await post('reply', body, { headers });
    expect(answer).toMatchObject({ status: 202, data: { sessionId: id, to: CHAT } });
    expect(await post('reply', body, { headers })).toMatchObject({ data: answer.data });
    const replies = (await rows()).filter(({ direction }) => direction === 'outbound');
    expect(replies).toMatchObject([{ quotedMessageId: messageId, content: { text: 'Thanks' } }]);
  });

  test('to a message of another session, or of nobody, is refused', async () => {
    const { post, received, workspaceId } = await setUp();
    const other = await harness.newSession({ workspaceId });
    const elsewhere = { messageId: await received(other.id), text: 'Thanks' };
    expect(await post('reply', { ...elsewhere, sessionId: 'support' })).toMatchObject({
      status: 409,
      error: { code: 'CONFLICT' },
    });
    expect(await post('reply', { messageId: newId('message'), text: 'Thanks' })).toMatchObject({
      status: 404,
      error: { code: 'NOT_FOUND' },
    });
  });
});

describe('to a group', () => {
  test.each([
    ['text', () => ({ text: 'Hello' })],
    ['image', () => ({ mediaUrl: file('/pixel.png') })],
  ])('%s is sent', async (type, said) => {
    const { post, rows } = await setUp();
    expect(await post('send-group', { groupId: GROUP, ...said() })).toMatchObject({
      status: 202,
      data: { to: GROUP },
    });
    expect(await rows()).toMatchObject([{ type, chatId: GROUP }]);
  });

  test.each([
    [{ groupId: TO, text: 'Hello' }, 'groupId'],
    [{ groupId: GROUP }, 'text'],
    [{ groupId: GROUP, text: 'Hello', mediaUrl: 'https://a.example/a.jpg' }, 'text'],
  ])('%j is refused', async (body, field) => {
    const { post } = await setUp();
    expect(await post('send-group', body)).toMatchObject({
      status: 422,
      error: { code: 'VALIDATION_ERROR', details: { fields: [{ in: 'body', field }] } },
    });
  });
});

describe('the members of a group', () => {
  test('are listed as JSON and as CSV', async () => {
    const { apiKey: key, id } = await setUp();
    const path = `/api/groups/${GROUP}/members?sessionId=support`;
    const { status, data, meta } = await harness.call('GET', path, { key });
    const v1 = await harness.call('GET', `/v1/groups/${GROUP}/members`, { key });
    expect({ status, data }).toEqual({ status: 200, data: v1.data });
    expect(meta).toMatchObject({ sessionId: id });
    const csv = await harness.request('GET', `${path}&format=csv`, { key });
    expect(csv.headers.get('content-type')).toContain('text/csv');
    const own = await harness.request('GET', `/v1/groups/${GROUP}/members?format=csv`, { key });
    expect(await csv.text()).toBe(await own.text());
  });

  test.each([
    [`/api/groups/${CHAT}/members`, 'path', 'groupId'],
    [`/api/groups/${GROUP}/members?format=xml`, 'query', 'format'],
  ])('%s is refused', async (path, place, field) => {
    const { apiKey: key } = await setUp();
    expect(await harness.call('GET', path, { key })).toMatchObject({
      status: 422,
      error: { details: { fields: [{ in: place, field }] } },
    });
  });
});

test('no session is named, and there is no default', async () => {
  const { apiKey: key } = await harness.newWorkspace();
  const body = { to: TO, text: 'Hello' };
  const answer = await harness.call('POST', '/api/send', { key, body });
  expect(answer).toMatchObject({ status: 422, error: { code: 'VALIDATION_ERROR' } });
  expect(answer.error?.message).toContain('sessionId');
});

test('a session of that name in another workspace is not meant', async () => {
  await setUp();
  const { apiKey: key } = await harness.newWorkspace();
  const body = { sessionId: 'support', to: TO, text: 'Hello' };
  expect(await harness.call('POST', '/api/send', { key, body })).toMatchObject({
    status: 404,
    error: { code: 'SESSION_NOT_FOUND' },
  });
});

test('an address of nothing is not found', async () => {
  const { apiKey: key } = await harness.newWorkspace();
  const body = { to: TO, text: 'Hello' };
  expect(await harness.call('POST', '/api/send-all', { key, body })).toMatchObject({
    status: 404,
    error: { code: 'NOT_FOUND' },
  });
});

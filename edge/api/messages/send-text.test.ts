import { eq, sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../../shared/ids.ts';
import { createHarness, type Harness, idOf, type NewSession } from '../../testing/harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

const HELLO = { to: '+15550100001', text: 'Hello' };

/** A workspace with one session, owned by a runner of its own. */
async function setUp(session: Partial<NewSession> = {}) {
  const workspace = await harness.newWorkspace();
  const { workspaceId } = workspace;
  const runner = harness.newRunner();
  const { id: sessionId, name } = await harness.newSession({
    workspaceId,
    owner: runner.owner,
    isDefault: true,
    ...session,
  });
  const { messages } = harness.schema;
  return {
    ...workspace,
    runner,
    sessionId,
    name,
    send: (body: unknown, headers: Record<string, string> = {}, key = workspace.apiKey) =>
      harness.call('POST', '/v1/messages/text', { key, body, headers }),
    rows: () => harness.db.select().from(messages).where(eq(messages.workspaceId, workspaceId)),
  };
}

describe('a text that is accepted', () => {
  test('is queued, its row written, and the owner rung', async () => {
    const { send, rows, runner, sessionId, name } = await setUp();
    const answer = await send({ to: '+1 (555) 010-0001', text: 'Hello' });
    expect(answer).toMatchObject({
      status: 202,
      data: { status: 'queued', sessionId, chatId: '15550100001@c.us', queueSeq: 1 },
      meta: { sessionId, sessionName: name },
    });
    expect(await rows()).toMatchObject([
      {
        id: idOf(answer),
        status: 'queued',
        queueSeq: 1,
        content: { type: 'text', text: 'Hello', linkPreview: true },
      },
    ]);
    expect(await runner.calls()).toMatchObject([
      { name: 'doorbell', session: sessionId, epoch: '1', refused: null, body: { queueSeq: 1 } },
    ]);
  });

  test('names its session by id, by name, by the key’s pin, or not at all', async () => {
    const { send, workspaceId, sessionId, name } = await setUp();
    const other = await harness.newSession({ workspaceId });
    const { apiKey: pinned } = await harness.newKey(workspaceId, { sessionId: other.id });
    const sessionOf = async (body: unknown, key?: string) => (await send(body, {}, key)).data;
    expect(await sessionOf({ ...HELLO, sessionId })).toMatchObject({ sessionId });
    expect(await sessionOf({ ...HELLO, sessionId: name })).toMatchObject({ sessionId });
    expect(await sessionOf(HELLO)).toMatchObject({ sessionId });
    expect(await sessionOf(HELLO, pinned)).toMatchObject({ sessionId: other.id });
  });

  test('keeps the caller’s reference, in its answer, in every view, and in the list', async () => {
    const { send, apiKey: key } = await setUp();
    const other = idOf(await send({ ...HELLO, reference: 'order-4712' }));
    const sent = await send({ ...HELLO, reference: 'order-4711' });
    expect(sent).toMatchObject({ status: 202, data: { reference: 'order-4711' } });
    const id = idOf(sent);
    expect(idOf(await send(HELLO))).not.toBe(id);
    expect(await harness.call('GET', `/v1/messages/${id}`, { key })).toMatchObject({
      data: { reference: 'order-4711' },
    });
    const cancelled = await harness.call('POST', `/v1/messages/${id}/cancel`, { key });
    expect(cancelled).toMatchObject({ data: { reference: 'order-4711' } });
    expect(await harness.call('GET', '/v1/events', { key })).toMatchObject({
      data: [{ type: 'message.failed', data: { messageId: id, reference: 'order-4711' } }],
    });
    const listed = (reference: string) =>
      harness.call('GET', `/v1/messages?reference=${reference}`, { key });
    expect(await listed('order-4711')).toMatchObject({ data: [{ id }] });
    expect(await listed('order-4712')).toMatchObject({ data: [{ id: other }] });
    expect(await listed('order')).toMatchObject({ data: [] });
  });

  test('may have 65,536 characters, of which an emoji is one', async () => {
    const { send, rows } = await setUp();
    const text = '😀'.repeat(65_536);
    expect(await send({ ...HELLO, text })).toMatchObject({ status: 202 });
    expect(await rows()).toMatchObject([{ content: { text } }]);
  });

  test('expires when it is asked to', async () => {
    const { send, rows } = await setUp();
    await send({ ...HELLO, expiresIn: 60 });
    const [row] = await rows();
    expect(row?.expiresAt?.getTime()).toBe((row?.createdAt.getTime() ?? 0) + 60_000);
  });

  test('takes the last place of the queue’s numbers under 20 concurrent sends, none twice', async () => {
    const { send, rows } = await setUp();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => send({ ...HELLO, text: `text ${index}` })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(202));
    const numbers = (await rows()).map(({ queueSeq }) => queueSeq ?? 0);
    expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  });

  test.each(['reconnecting', 'online'] as const)('while the session is %s', async (status) => {
    const { send } = await setUp({ status });
    expect(await send(HELLO)).toMatchObject({ status: 202 });
  });

  test('while a linked session changes hands', async () => {
    const { send, sessionId, runner } = await setUp({ status: 'starting' });
    const { runnerId, bootId } = runner.owner;
    expect(await send(HELLO)).toMatchObject({ status: 409 });
    await harness.db.execute(
      sql`update sessions set phone_number = '15550100009' where id = ${sessionId}`,
    );
    expect(await send(HELLO)).toMatchObject({ status: 409 });
    await harness.db
      .insert(harness.schema.leaseHistory)
      .values({ sessionId, epoch: 1, runnerId, bootId, cause: 'takeover' });
    expect(await send(HELLO)).toMatchObject({ status: 202 });
  });

  test('while nobody owns the session yet', async () => {
    const { workspaceId, apiKey } = await harness.newWorkspace();
    const { id } = await harness.newSession({ workspaceId });
    const body = { ...HELLO, sessionId: id };
    const answer = await harness.call('POST', '/v1/messages/text', { key: apiKey, body });
    expect(answer).toMatchObject({ status: 202 });
  });

  test('when the runner is out of reach: the message waits in the queue', async () => {
    const gone = { runnerId: 'runner-gone', bootId: 'boot-gone', url: 'http://127.0.0.1:9' };
    const { send, rows } = await setUp({ owner: gone });
    expect(await send(HELLO, { prefer: 'wait=1' })).toMatchObject({ status: 202 });
    expect(await rows()).toMatchObject([{ status: 'queued' }]);
  });
});

describe('Prefer: wait', () => {
  const settled = (status: string, error: { code: string; message: string } | null = null) => ({
    doorbell: { body: { settled: { status, wireId: '3EB0AAAAAAAAAAAAAAAAAA', error } } },
  });

  test('answers 200 when the message is sent in time', async () => {
    const { send, runner } = await setUp();
    await runner.script(settled('sent'));
    const answer = await send(HELLO, { prefer: 'wait=5' });
    expect(answer).toMatchObject({ status: 200, data: { status: 'sent' } });
    expect(await runner.calls()).toMatchObject([
      { body: { waitFor: { messageId: idOf(answer), waitMs: 5000 } } },
    ]);
  });

  test('answers 202 when the time is over', async () => {
    const { send } = await setUp();
    expect(await send(HELLO, { prefer: 'wait=1' })).toMatchObject({
      status: 202,
      data: { status: 'queued' },
    });
  });

  test('answers the message’s own failure, with its id', async () => {
    const { send, runner, rows } = await setUp();
    const error = { code: 'RECIPIENT_NOT_ON_WHATSAPP', message: 'not on WhatsApp' };
    await runner.script(settled('failed', error));
    const answer = await send(HELLO, { prefer: 'wait=5' });
    const [row] = await rows();
    expect(answer).toMatchObject({
      status: 422,
      error: { code: 'RECIPIENT_NOT_ON_WHATSAPP', details: { messageId: row?.id } },
    });
  });

  test('answers what is on record when the runner has not settled it: it was cancelled', async () => {
    const { send, runner, rows, apiKey: key } = await setUp();
    await runner.script({ doorbell: { hang: true } });
    const answering = send(HELLO, { prefer: 'wait=1' });
    await expect.poll(() => runner.calls()).toHaveLength(1);
    const [row] = await rows();
    await harness.call('POST', `/v1/messages/${row?.id}/cancel`, { key });
    expect(await answering).toMatchObject({
      status: 410,
      error: { code: 'CANCELLED', details: { messageId: row?.id } },
    });
  });

  test('never answers a queued message with a 5xx', async () => {
    const { send, runner } = await setUp();
    await runner.script(settled('failed', { code: 'INTERNAL', message: 'page crashed' }));
    expect(await send(HELLO, { prefer: 'wait=5' })).toMatchObject({
      status: 422,
      error: { code: 'MESSAGE_FAILED', details: { reason: 'INTERNAL' } },
    });
  });
});

describe('a text that is refused, and leaves nothing behind', () => {
  test.each([
    ['no text', { to: HELLO.to }, 'text'],
    ['empty text', { ...HELLO, text: '' }, 'text'],
    ['blank text', { ...HELLO, text: ' \n ' }, 'text'],
    ['text of zero-width characters', { ...HELLO, text: '\u200b\ufeff\u2060' }, 'text'],
    ['text that shows nothing', { ...HELLO, text: '\u2800\u3164\u00a0' }, 'text'],
    ['text over 65,536 characters', { ...HELLO, text: 'x'.repeat(65_537) }, 'text'],
    ['text over 65,536 emoji', { ...HELLO, text: '😀'.repeat(65_537) }, 'text'],
    ['a reference over 128 characters', { ...HELLO, reference: 'x'.repeat(129) }, 'reference'],
    ['no recipient', { text: 'Hello' }, 'to'],
    ['a recipient that is no number', { ...HELLO, to: 'my friend' }, 'to'],
    ['an expiry in the past', { ...HELLO, expiresIn: -1 }, 'expiresIn'],
    ['a field that does not exist', { ...HELLO, txet: 'Hello' }, 'txet'],
  ])('%s', async (_name, body, field) => {
    const { send, rows } = await setUp();
    expect(await send(body)).toMatchObject({
      status: 422,
      error: { code: 'VALIDATION_ERROR', details: { fields: [{ in: 'body', field }] } },
    });
    expect(await rows()).toEqual([]);
  });

  test('malformed JSON, and a body that is not JSON', async () => {
    const { send, rows } = await setUp();
    expect(await send('{"to":')).toMatchObject({ status: 400, error: { code: 'MALFORMED_JSON' } });
    expect(await send('to=1', { 'content-type': 'text/plain' })).toMatchObject({
      status: 415,
      error: { code: 'UNSUPPORTED_MEDIA_TYPE' },
    });
    expect(await send({ ...HELLO, text: 'x'.repeat(2_100_000) })).toMatchObject({
      status: 413,
      error: { code: 'PAYLOAD_TOO_LARGE' },
    });
    expect(await rows()).toEqual([]);
  });

  test.each(['created', 'starting', 'qr', 'disconnected', 'logged_out', 'failed'] as const)(
    'the session is %s',
    async (status) => {
      const { send, rows, runner } = await setUp({ status });
      expect(await send(HELLO)).toMatchObject({
        status: 409,
        error: { code: 'SESSION_NOT_READY', details: { status } },
      });
      expect(await rows()).toEqual([]);
      expect(await runner.calls()).toEqual([]);
    },
  );

  test('an unknown session, and another workspace’s', async () => {
    const { send, rows } = await setUp();
    const foreign = await setUp();
    const notFound = { status: 404, error: { code: 'SESSION_NOT_FOUND' } };
    expect(await send({ ...HELLO, sessionId: newId('session') })).toMatchObject(notFound);
    expect(await send({ ...HELLO, sessionId: foreign.sessionId })).toMatchObject(notFound);
    expect(await send({ ...HELLO, sessionId: foreign.name })).toMatchObject(notFound);
    expect([...(await rows()), ...(await foreign.rows())]).toEqual([]);
  });

  test('no session is named, and there is no default', async () => {
    const { send } = await setUp({ isDefault: false });
    expect(await send(HELLO)).toMatchObject({
      status: 422,
      error: { details: { fields: [{ field: 'sessionId' }] } },
    });
  });

  test('1,000 messages wait already', async () => {
    const { send, sessionId, workspaceId } = await setUp();
    await harness.db.execute(sql`
      insert into messages (id, workspace_id, session_id, direction, chat_id, type, content, status, status_rank, queue_seq)
      select 'msg_full' || n || ${sessionId}, ${workspaceId}, ${sessionId}, 'outbound', '1@c.us', 'text', '{}', 'queued', 0, -n
      from generate_series(1, 1000) n`);
    const answer = await send(HELLO);
    expect(answer).toMatchObject({ status: 429, error: { code: 'QUEUE_FULL' } });
    expect(answer.headers.get('retry-after')).toBe('5');
  });
});

describe('the key’s state, which the statement itself looks at', () => {
  test.each([
    ['revoked', { revokedAt: new Date(0) }, 401, 'UNAUTHORIZED'],
    ['paused', { isActive: false }, 401, 'UNAUTHORIZED'],
    ['expired', { expiresAt: new Date(0) }, 401, 'UNAUTHORIZED'],
    ['without the scope', { scopes: ['messages:read'] }, 403, 'FORBIDDEN'],
  ])('a key that is %s', async (_name, state, status, code) => {
    const { send, rows, workspaceId } = await setUp();
    const { apiKey } = await harness.newKey(workspaceId, state);
    expect(await send(HELLO, {}, apiKey)).toMatchObject({ status, error: { code } });
    expect(await rows()).toEqual([]);
  });

  test('a test key reaches no live session, whatever its prefix is changed to', async () => {
    const { send, rows, workspaceId } = await setUp({ mode: 'live' });
    const { apiKey } = await harness.newKey(workspaceId, { mode: 'test' });
    expect(await send(HELLO, {}, apiKey)).toMatchObject({ status: 403 });
    const disguised = apiKey.replace('wp_test_', 'wp_live_');
    expect(await send(HELLO, {}, disguised)).toMatchObject({ status: 401 });
    expect(await rows()).toEqual([]);
  });

  test('a key pinned to another session', async () => {
    const { send, rows, workspaceId, sessionId } = await setUp();
    const other = await harness.newSession({ workspaceId });
    const { apiKey } = await harness.newKey(workspaceId, { sessionId: other.id });
    expect(await send({ ...HELLO, sessionId }, {}, apiKey)).toMatchObject({ status: 403 });
    expect(await rows()).toEqual([]);
  });

  test('a suspended workspace', async () => {
    const { send, rows, workspaceId } = await setUp();
    await harness.db.execute(
      sql`update workspaces set is_active = false where id = ${workspaceId}`,
    );
    expect(await send(HELLO)).toMatchObject({ status: 403, error: { code: 'FORBIDDEN' } });
    expect(await rows()).toEqual([]);
  });
});

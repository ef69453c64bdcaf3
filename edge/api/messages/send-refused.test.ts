import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../../shared/ids.ts';
import { createHarness, type Harness, type NewSession } from '../../testing/harness.ts';
import { textSender } from './testing/text-sender.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

const HELLO = { to: '+15550100001', text: 'Hello' };

const setUp = (session?: Partial<NewSession>) => textSender(harness, session);

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

  test('the session waits for a place on a runner, and no runner has one', async () => {
    const empty = await createHarness();
    const { workspaceId, apiKey } = await empty.newWorkspace();
    await empty.newSession({ workspaceId, status: 'created', isDefault: true });
    expect(
      await empty.call('POST', '/v1/messages/text', { key: apiKey, body: HELLO }),
    ).toMatchObject({
      status: 409,
      error: {
        code: 'SESSION_NOT_READY',
        message: expect.stringMatching(/^No runner has a place .* It starts by itself/),
        details: { status: 'created', reason: 'waiting_for_capacity' },
      },
    });
  });

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
    expect(answer.headers.get('ratelimit')).toMatch(/^"minute";r=\d+/);
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

import { eq, sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../../shared/ids.ts';
import { createHarness, type Harness, idOf } from '../../testing/harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

async function setUp() {
  const workspace = await harness.newWorkspace();
  const { workspaceId, apiKey } = workspace;
  const runner = harness.newRunner();
  const { id: sessionId } = await harness.newSession({
    workspaceId,
    owner: runner.owner,
    isDefault: true,
  });
  const { messages } = harness.schema;
  return {
    ...workspace,
    runner,
    sessionId,
    post: (path: string, body: unknown, headers: Record<string, string> = {}) =>
      harness.call('POST', `/v1/messages/${path}`, { key: apiKey, body, headers }),
    rows: () => harness.db.select().from(messages).where(eq(messages.workspaceId, workspaceId)),
  };
}

const HELLO = { to: '+15550100001', text: 'Hello' };
const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString();
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe('a message for later', () => {
  test('waits without a place in the queue, its expiry counted from its time; nobody is rung or waited for', async () => {
    const { post, rows, runner } = await setUp();
    const sendAt = inMs(DAY);
    const answer = await post('text', { ...HELLO, sendAt, expiresIn: 60 }, { prefer: 'wait=60' });
    const expiresAt = new Date(Date.parse(sendAt) + 60_000).toISOString();
    expect(answer).toMatchObject({
      status: 202,
      data: { status: 'queued', queueSeq: null, sendAt, expiresAt },
    });
    expect(await runner.calls()).toEqual([]);
    expect(await post('text', HELLO)).toMatchObject({ data: { queueSeq: 1, sendAt: null } });
    expect(await rows()).toMatchObject([{ queueSeq: null }, { queueSeq: 1 }]);
  });

  test('whose time is over goes now, and has all of its time to expire', async () => {
    const { post, rows, runner } = await setUp();
    expect(await post('text', { ...HELLO, sendAt: '2026-01-01T09:00:00+01:00' })).toMatchObject({
      status: 202,
      data: { queueSeq: 1, sendAt: '2026-01-01T08:00:00.000Z' },
    });
    const [row] = await rows();
    expect(row?.expiresAt?.getTime()).toBe((row?.createdAt.getTime() ?? 0) + HOUR);
    expect(await runner.calls()).toMatchObject([{ name: 'doorbell', body: { queueSeq: 1 } }]);
  });

  test('may be an image or a reply', async () => {
    const { post, rows, sessionId, workspaceId } = await setUp();
    const sendAt = inMs(HOUR);
    const url = `${harness.filesUrl}/pixel.png`;
    const later = { status: 202, data: { queueSeq: null, sendAt } };
    expect(await post('image', { to: HELLO.to, url, sendAt })).toMatchObject(later);
    const quoted = newId('message');
    await harness.db.insert(harness.schema.messages).values({
      id: quoted,
      workspaceId,
      sessionId,
      direction: 'inbound',
      chatId: '15550100002@c.us',
      type: 'text',
      content: {},
      status: 'delivered',
      statusRank: 5,
      wireId: '3A5F',
    });
    expect(await post(`${quoted}/reply`, { text: 'Yes', sendAt })).toMatchObject(later);
    expect((await rows()).filter((row) => row.sendAt?.toISOString() === sendAt)).toHaveLength(2);
  });

  test('is the same message under the same Idempotency-Key, also when its time has come', async () => {
    const { post, rows, workspaceId } = await setUp();
    const headers = { 'idempotency-key': newId('event') };
    const body = { ...HELLO, sendAt: inMs(HOUR) };
    const first = await post('text', body, headers);
    const again = await post('text', body, headers);
    expect(idOf(again)).toBe(idOf(first));
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(again.data).toMatchObject({ queueSeq: null, sendAt: body.sendAt });
    await harness.db.execute(sql`
      update messages set queue_seq = 1, status = 'sent', status_rank = 4 where workspace_id = ${workspaceId}`);
    expect((await post('text', body, headers)).data).toMatchObject({ queueSeq: 1, status: 'sent' });
    const other = await post('text', { ...body, sendAt: inMs(2 * HOUR) }, headers);
    expect(other).toMatchObject({ status: 422, error: { code: 'IDEMPOTENCY_MISMATCH' } });
    expect(await rows()).toHaveLength(1);
  });

  test('counts in the queue’s limit', async () => {
    const { post, sessionId, workspaceId } = await setUp();
    await harness.db.execute(sql`
      insert into messages (id, workspace_id, session_id, direction, chat_id, type, content, status, status_rank, send_at)
      select 'msg_later' || n || ${sessionId}, ${workspaceId}, ${sessionId}, 'outbound', '1@c.us', 'text', '{}', 'queued', 0,
        now() + interval '1 day'
      from generate_series(1, 1000) n`);
    expect(await post('text', HELLO)).toMatchObject({ error: { code: 'QUEUE_FULL' } });
    expect(await post('text', { ...HELLO, sendAt: inMs(HOUR) })).toMatchObject({
      error: { code: 'QUEUE_FULL' },
    });
  });

  test.each([
    ['more than 30 days ahead', () => inMs(30 * DAY + 60_000)],
    ['without an offset', () => '2027-01-01T09:00:00'],
    ['that is no time', () => 'tomorrow'],
    ['that is a number', () => 1_800_000_000],
  ])('is refused with a time %s', async (_name, sendAt) => {
    const { post, rows } = await setUp();
    const refused = {
      status: 422,
      error: {
        code: 'VALIDATION_ERROR',
        details: { fields: [{ in: 'body', field: 'sendAt' }] },
      },
    };
    expect(await post('text', { ...HELLO, sendAt: sendAt() })).toMatchObject(refused);
    const image = { to: HELLO.to, url: 'http://127.0.0.1:9/never-asked', sendAt: sendAt() };
    expect(await post('image', image)).toMatchObject(refused);
    expect(await rows()).toEqual([]);
  });
});

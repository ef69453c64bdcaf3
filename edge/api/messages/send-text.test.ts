import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { createHarness, type Harness, idOf, type NewSession } from '../../testing/harness.ts';
import { textSender } from './testing/text-sender.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

const HELLO = { to: '+15550100001', text: 'Hello' };

const setUp = (session?: Partial<NewSession>) => textSender(harness, session);

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

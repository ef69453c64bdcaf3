import { eq, sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { createHarness, type Harness, idOf } from '../../testing/harness.ts';
import { textSender } from './testing/text-sender.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

async function setUp() {
  const sender = await textSender(harness);
  const call = (method: string, path: string, body?: object) =>
    harness.call(method, `/v1/messages/bulk${path}`, {
      key: sender.apiKey,
      ...(body === undefined ? {} : { body }),
    });
  return {
    ...sender,
    call,
    /** The id of a new bulk of so many messages, and their ids. */
    bulkOf: async (number: number) => {
      const recipients = Array.from({ length: number }, (_, n) => ({
        to: `+1555010${String(n).padStart(4, '0')}`,
      }));
      const id = idOf(await call('POST', '', { text: 'Hi', recipients }));
      const { messages } = harness.schema;
      const rows = await harness.db
        .select({ id: messages.id })
        .from(messages)
        .where(eq(messages.bulkId, id))
        .orderBy(messages.id);
      return { id, ids: rows.map((row) => row.id) };
    },
    settle: (id: string | undefined, status: string, error: object | null = null) =>
      harness.db.execute(sql`
        update messages set status = ${status}, error = ${error === null ? null : JSON.stringify(error)}::jsonb
        where id = ${id}`),
  };
}

test('a bulk shows how many of its messages have come how far, until it is finished', async () => {
  const { bulkOf, call, settle } = await setUp();
  const { id, ids } = await bulkOf(5);
  const rest = ['sending', 'unknown', 'failed', 'delivered'];
  for (const [index, status] of rest.entries()) await settle(ids[index], status);
  const all = { queued: 0, sending: 0, unknown: 1, failed: 1, sent: 0, delivered: 1 };
  const counts = { ...all, read: 0, played: 0 };
  expect(await call('GET', `/${id}`)).toMatchObject({
    data: { status: 'running', counts: { ...counts, queued: 1, sending: 1 }, cancelled: 0 },
  });
  await settle(ids[0], 'sent');
  await settle(ids[4], 'read');
  expect(await call('GET', `/${id}`)).toMatchObject({
    data: { status: 'finished', counts: { ...counts, sent: 1, read: 1 } },
  });
});

describe('cancelling', () => {
  test('fails what is queued, each with its event, and says how many; what a runner has is left', async () => {
    const { bulkOf, call, settle, rows, workspaceId } = await setUp();
    const { id, ids } = await bulkOf(450);
    const other = await bulkOf(2);
    await settle(ids[0], 'sending');
    await settle(ids[1], 'failed', { code: 'MESSAGE_FAILED', message: 'It failed.' });
    const cancelled = { status: 'running', cancelled: 448, cancelledAt: expect.any(String) };
    const answer = await call('POST', `/${id}/cancel`);
    expect(answer).toMatchObject({ status: 200, data: cancelled });
    expect(await call('POST', `/${id}/cancel`)).toMatchObject({ data: Object(answer.data) });
    const ofBulk = (await rows()).filter(({ bulkId }) => bulkId === id);
    expect(ofBulk.filter(({ error }) => error?.code === 'CANCELLED')).toHaveLength(448);
    const { events } = harness.schema;
    const told = await harness.db.select().from(events).where(eq(events.workspaceId, workspaceId));
    expect(told).toHaveLength(448);
    expect(told[0]).toMatchObject({
      type: 'message.failed',
      data: { error: { code: 'CANCELLED' } },
    });
    expect(await call('GET', `/${other.id}`)).toMatchObject({
      data: { cancelled: 0, cancelledAt: null, counts: { queued: 2 } },
    });
  });

  test('makes room for other first contacts', async () => {
    const { bulkOf, call, send, sessionId } = await setUp();
    const { sessions } = harness.schema;
    const set = { firstContactsPerHour: 2 };
    await harness.db.update(sessions).set(set).where(eq(sessions.id, sessionId));
    const { id } = await bulkOf(2);
    const hello = { to: '+15550199999', text: 'Hello' };
    expect(await send(hello)).toMatchObject({ error: { code: 'FIRST_CONTACT_LIMIT' } });
    await call('POST', `/${id}/cancel`);
    expect(await send(hello)).toMatchObject({ status: 202 });
  });
});

test('bulks are listed newest first, without those they left out, and by session', async () => {
  const { bulkOf, call, workspaceId } = await setUp();
  const made = [await bulkOf(1), await bulkOf(2), await bulkOf(3)];
  const { id: other } = await harness.newSession({ workspaceId });
  const list = await call('GET', '');
  expect(list.data).toMatchObject([
    { id: made[2]?.id, messages: 3, counts: { queued: 3 } },
    { id: made[1]?.id, messages: 2 },
    { id: made[0]?.id, messages: 1 },
  ]);
  expect(Object.keys(Object(Object(list.data)[0]))).not.toContain('leftOut');
  expect((await call('GET', `?sessionId=${other}`)).data).toEqual([]);
});

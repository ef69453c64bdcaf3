import { and, eq, isNotNull, sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../../shared/ids.ts';
import { createHarness, type Harness, idOf } from '../../testing/harness.ts';
import { textSender } from './testing/text-sender.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

const HOUR = 3_600_000;
const person = (n: number): string => `+1555010${String(n).padStart(4, '0')}`;
const chatOf = (n: number): string => `${person(n).slice(1)}@c.us`;
const to = (n: number, variables = {}) => ({ to: person(n), variables });

async function setUp() {
  const sender = await textSender(harness);
  const { sessionId, workspaceId, apiKey } = sender;
  const { messages, sessions } = harness.schema;
  return {
    ...sender,
    set: (values: Partial<typeof sessions.$inferInsert>) =>
      harness.db.update(sessions).set(values).where(eq(sessions.id, sessionId)),
    post: (body: object, headers: Record<string, string> = {}, key = apiKey) =>
      harness.call('POST', '/v1/messages/bulk', { key, body, headers }),
    get: (path: string) => harness.call('GET', `/v1/messages${path}`, { key: apiKey }),
    /** Its messages, as they are planned. */
    planned: () =>
      harness.opened(
        harness.db
          .select()
          .from(messages)
          .where(and(eq(messages.workspaceId, workspaceId), isNotNull(messages.bulkId)))
          .orderBy(messages.id),
      ),
    optOut: (chatId: string) =>
      harness.db
        .insert(harness.schema.optOuts)
        .values({ id: newId('optOut'), workspaceId, personId: chatId, source: 'api' }),
  };
}

describe('a bulk', () => {
  test('makes a message for each recipient, with their variables, paced', async () => {
    const { post, planned, get, set, runner } = await setUp();
    await set({ minIntervalMs: 2_000, jitterMs: 0, phoneNumber: '15550100000' });
    const answer = await post({
      text: 'Hello {{name}}, order {{ no }}.',
      recipients: [
        { ...to(1, { name: 'Ada', no: 17, unused: 'x' }), reference: 'order-17' },
        to(2, { name: '{{no}}', no: 18 }),
      ],
    });
    expect(answer).toMatchObject({
      status: 202,
      data: {
        type: 'text',
        status: 'running',
        recipients: 2,
        messages: 2,
        firstContacts: 2,
        counts: { queued: 2, sent: 0 },
        cancelled: 0,
        leftOut: [],
      },
    });
    const id = idOf(answer);
    const rows = await planned();
    const none = { bulkId: id, status: 'queued', queueSeq: null, senderNumber: '15550100000' };
    expect(rows).toMatchObject([
      {
        ...none,
        chatId: chatOf(1),
        reference: 'order-17',
        content: { text: 'Hello Ada, order 17.' },
      },
      { ...none, chatId: chatOf(2), reference: null, content: { text: 'Hello {{no}}, order 18.' } },
    ]);
    const [first, second] = rows.map(({ sendAt }) => sendAt?.getTime() ?? 0);
    expect((second ?? 0) - (first ?? 0)).toBe(2_000);
    expect(rows[0]?.expiresAt?.getTime()).toBe((first ?? 0) + 24 * HOUR);
    expect(await get(`/bulk/${id}`)).toMatchObject({ status: 200, data: Object(answer.data) });
    const listed = await get(`?bulkId=${id}`);
    expect(listed.data).toMatchObject(rows.toReversed().map((row) => ({ id: row.id, bulkId: id })));
    expect(await runner.calls()).toEqual([]);
  });

  test('begins at its time', async () => {
    const { post, planned } = await setUp();
    const sendAt = new Date(Date.now() + HOUR).toISOString();
    expect(await post({ text: 'Hi', recipients: [to(1)], sendAt })).toMatchObject({
      data: { firstSendAt: sendAt, lastSendAt: sendAt },
    });
    expect((await planned()).map((row) => row.sendAt?.toISOString())).toEqual([sendAt]);
    const tooLate = new Date(Date.now() + 31 * 24 * HOUR).toISOString();
    expect(await post({ text: 'Hi', recipients: [to(1)], sendAt: tooLate })).toMatchObject({
      status: 422,
    });
  });

  test('takes 1,000 recipients with few statements, and not one more', async () => {
    const { post, planned } = await setUp();
    const recipients = Array.from({ length: 1_001 }, (_, n) => to(n, { n }));
    const one = { text: 'Number {{n}}', recipients: recipients.slice(0, 1) };
    const database = await harness.tap(new URL(harness.env.DATABASE_HTTP_URL ?? '').origin);
    const env = { DATABASE_HTTP_URL: `${database.url}/sql` };
    const { apiKey: key } = await textSender(harness);
    const statements = async (body: object) => {
      const before = (await database.calls()).length;
      expect(await harness.call('POST', '/v1/messages/bulk', { key, body, env })).toMatchObject({
        status: 202,
      });
      return (await database.calls()).length - before;
    };
    const forOne = await statements(one);
    expect(forOne).toBeLessThanOrEqual(6);
    expect(await statements({ ...one, recipients: recipients.slice(0, 1_000) })).toBe(forOne);
    expect(await post({ ...one, recipients })).toMatchObject({
      status: 422,
      error: {
        code: 'VALIDATION_ERROR',
        details: { fields: [{ in: 'body', field: 'recipients' }] },
      },
    });
    expect(await planned()).toEqual([]);
  });

  test('names each recipient who gets no message, and why', async () => {
    const { post, planned, optOut, sessionId } = await setUp();
    await optOut(chatOf(2));
    const lid = '90000000001@lid';
    await harness.db
      .insert(harness.schema.personIds)
      .values({ sessionId, lid, phoneId: chatOf(1), chatId: chatOf(1) });
    const answer = await post({
      text: '{{text}}',
      recipients: [
        { to: 'nobody', variables: { text: 'a' } },
        to(1, { text: 'b' }),
        to(2, { text: 'c' }),
        { to: ' 1 (555) 010-0001 ', variables: { text: 'd' } },
        { to: lid, variables: { text: 'e' } },
        to(3, { text: ' ' }),
        { to: 15550100004, variables: { text: 'f' } },
      ],
    });
    expect(answer).toMatchObject({ status: 202, data: { recipients: 7, messages: 2 } });
    expect(Object(answer.data).leftOut).toEqual([
      { index: 0, to: 'nobody', reason: 'invalid', message: expect.stringContaining('"n"') },
      { index: 2, to: person(2), reason: 'opted_out', message: 'has opted out' },
      ...[3, 4].map((index) => ({
        index,
        to: expect.any(String),
        reason: 'duplicate',
        message: 'is the same as recipient 1',
      })),
      { index: 5, to: person(3), reason: 'invalid', message: 'text: must not be empty' },
    ]);
    expect((await planned()).map(({ chatId }) => chatId)).toEqual([chatOf(1), chatOf(4)]);
  });

  test.each([
    [17, 'text: must have at most 65536 characters'],
    [13_000, 'would be far too long with its variables'],
  ])('leaves out whom it would tell too much (%i times 4,096)', async (times, message) => {
    const { post, planned } = await setUp();
    const recipients = [to(1, { a: 'x'.repeat(4_096) }), to(2, { a: 'x' })];
    const answer = await post({ text: '{{a}}'.repeat(times), recipients });
    expect(answer).toMatchObject({
      status: 202,
      data: {
        messages: 1,
        leftOut: [{ index: 0, reason: 'invalid', message }],
      },
    });
    expect(await planned()).toMatchObject([{ content: { text: 'x'.repeat(times) } }]);
  });

  test('reads numbers in the workspace’s country', async () => {
    const { post, planned, apiKey: key } = await setUp();
    await harness.call('PATCH', '/v1/workspace', { key, body: { defaultCountry: 'GB' } });
    await post({ text: 'Hi', recipients: [{ to: '07911 123456' }] });
    expect(await planned()).toMatchObject([{ chatId: '447911123456@c.us' }]);
  });

  test('is refused as a whole where a variable is missing, and names it', async () => {
    const { post, planned } = await setUp();
    const recipients = [to(1, { name: 'Ada' }), to(2, { nmae: 'Bob' })];
    for (const words of ['Hi {{name}}', 'Hi {{constructor}} {{name}}'])
      expect(await post({ text: words, recipients })).toMatchObject({
        status: 422,
        error: { code: 'VALIDATION_ERROR', message: expect.stringContaining('recipients.') },
      });
    expect(await post({ text: 'Hi {{name}}', recipients })).toMatchObject({
      error: {
        details: {
          fields: [
            {
              in: 'body',
              field: 'recipients.1.variables',
              message: expect.stringContaining('`name`'),
            },
          ],
        },
      },
    });
    expect(await planned()).toEqual([]);
  });

  test('is refused where its texts name too many variables, whatever the recipients have', async () => {
    const { post, planned } = await setUp();
    const naming = (number: number) =>
      Array.from({ length: number }, (_, n) => `{{${n}}} {{ ${n} }}`).join();
    const recipients = [to(1), to(2)];
    const refused = await post({ text: naming(21), recipients });
    expect(refused).toMatchObject({
      status: 422,
      error: {
        code: 'VALIDATION_ERROR',
        message: expect.stringContaining('names 21 variables'),
        details: { variables: 21, limit: 20 },
      },
    });
    const missing = await post({ text: naming(20), recipients });
    expect(Object(missing.error?.details).fields).toHaveLength(20);
    const all = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [n, n]));
    expect(await post({ text: naming(20), recipients: [to(1, all)] })).toMatchObject({
      status: 202,
    });
    expect(await planned()).toHaveLength(1);
  });

  test('may be of every kind whose texts have variables', async () => {
    const { post, planned, workspaceId } = await setUp();
    const mediaId = newId('media');
    await harness.db.insert(harness.schema.media).values({
      id: mediaId,
      workspaceId,
      objectKey: `${workspaceId}/media/${mediaId}`,
      mimetype: 'image/png',
      filename: 'a.png',
      sizeBytes: 8,
      sha256: '0',
    });
    const recipients = [to(1, { name: 'Ada' })];
    for (const body of [
      { type: 'poll', name: 'Well, {{name}}?', options: ['yes', 'no'] },
      { type: 'location', latitude: 1, longitude: 2, name: 'For {{name}}' },
      { type: 'image', mediaId, caption: 'Look, {{name}}' },
    ])
      expect(await post({ ...body, recipients })).toMatchObject({
        status: 202,
        data: { messages: 1 },
      });
    expect(await planned()).toMatchObject([
      { type: 'poll', content: { type: 'poll', name: 'Well, Ada?', options: ['yes', 'no'] } },
      { type: 'location', content: { name: 'For Ada' } },
      {
        type: 'image',
        mediaId,
        content: { mediaId, mimetype: 'image/png', filename: 'a.png', caption: 'Look, Ada' },
      },
    ]);
    for (const [type, id, status] of [
      ['video', mediaId, 422],
      ['image', newId('media'), 404],
    ] as const)
      expect(await post({ type, mediaId: id, recipients })).toMatchObject({ status });
  });
});

describe('first contacts of a bulk', () => {
  test('keep the session’s limits: those beyond them are planned for later, known chats are not', async () => {
    const { post, planned, set, send } = await setUp();
    await send({ to: person(9), text: 'Hello' });
    await set({ firstContactsPerHour: 2, minIntervalMs: 0, jitterMs: 0 });
    const recipients = [1, 2, 3, 9].map((n) => to(n));
    expect(await post({ text: 'Hi', recipients })).toMatchObject({ data: { firstContacts: 3 } });
    const rows = await planned();
    const start = rows[0]?.sendAt?.getTime() ?? 0;
    const after = rows.map(({ sendAt }) => Math.round(((sendAt?.getTime() ?? 0) - start) / HOUR));
    expect(after).toEqual([0, 1, 1, 0]);
    expect(rows.map((row) => row.firstContactAt !== null)).toEqual([true, true, true, false]);
  });

  test('of bulks that come at once keep them together', async () => {
    const { post, planned, set } = await setUp();
    await set({ firstContactsPerHour: 3 });
    const bulks = [0, 10, 20, 30].map((from) => [1, 2, 3].map((n) => to(from + n)));
    const answers = await Promise.all(bulks.map((recipients) => post({ text: 'Hi', recipients })));
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202]);
    const times = (await planned())
      .map(({ firstContactAt }) => firstContactAt?.getTime() ?? 0)
      .toSorted((a, b) => a - b);
    expect(times).toHaveLength(12);
    for (const [index, time] of times.slice(3).entries())
      expect(time - (times[index] ?? 0)).toBeGreaterThanOrEqual(HOUR);
  });

  test('that find no room within 30 days are left out', async () => {
    const { post, set } = await setUp();
    await set({ firstContactsPerDay: 1 });
    const recipients = Array.from({ length: 33 }, (_, n) => to(n));
    const answer = await post({ text: 'Hi', recipients });
    expect(answer).toMatchObject({ data: { messages: 31 } });
    expect(Object(answer.data).leftOut).toMatchObject([
      { index: 31, reason: 'first_contact_limit' },
      { index: 32, reason: 'first_contact_limit' },
    ]);
  });
});

describe('an Idempotency-Key', () => {
  const headers = { 'idempotency-key': 'campaign-1' };
  const body = { text: 'Hi', recipients: [to(1), to(1)] };

  test('gives the same bulk again, also when the session takes no more', async () => {
    const { post, planned, set } = await setUp();
    const first = await post(body, headers);
    await set({ status: 'qr' });
    const again = await post(body, headers);
    expect(again).toMatchObject({ status: 202, data: Object(first.data) });
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    expect(await post({ ...body, text: 'Ho' }, headers)).toMatchObject({
      error: { code: 'IDEMPOTENCY_MISMATCH' },
    });
    expect(await planned()).toHaveLength(1);
  });

  test('of requests at once makes one bulk', async () => {
    const { post, planned } = await setUp();
    const answers = await Promise.all(Array.from({ length: 5 }, () => post(body, headers)));
    expect(new Set(answers.map(idOf)).size).toBe(1);
    expect(await planned()).toHaveLength(1);
  });

  test('may be used again after its time', async () => {
    const { post, planned, workspaceId } = await setUp();
    await post(body, headers);
    await harness.db.execute(
      sql`update idempotency set expires_at = now() where workspace_id = ${workspaceId}`,
    );
    await post(body, headers);
    expect(await planned()).toHaveLength(2);
  });

  test('of a pinned key is its own', async () => {
    const { post, workspaceId, sessionId } = await setUp();
    const { apiKey: pinned } = await harness.newKey(workspaceId, { sessionId });
    expect(idOf(await post(body, headers, pinned))).not.toBe(idOf(await post(body, headers)));
  });
});

describe('the queue', () => {
  test('of a session does not count bulks, which have a limit of their own', async () => {
    const { post, send, sessionId, workspaceId } = await setUp();
    const id = idOf(await post({ text: 'Hi', recipients: [to(1)] }));
    await harness.db.execute(sql`
      insert into messages (id, workspace_id, session_id, direction, chat_id, type, content, status, status_rank, bulk_id, send_at)
      select 'msg_bulk' || n || ${sessionId}, ${workspaceId}, ${sessionId}, 'outbound', '1@c.us', 'text', '{}', 'queued', 0, ${id},
        now() + interval '1 day'
      from generate_series(1, 4998) n`);
    expect(await send({ to: person(1), text: 'Hi' })).toMatchObject({ status: 202 });
    expect(await post({ text: 'Hi', recipients: [to(2), to(3)] })).toMatchObject({
      status: 429,
      error: { code: 'QUEUE_FULL', message: expect.stringContaining('4,999') },
    });
    expect(await post({ text: 'Hi', recipients: [to(2)] })).toMatchObject({ status: 202 });
  });

  test('of a session that takes no messages takes no bulk', async () => {
    const { post, set, planned } = await setUp();
    await set({ status: 'qr' });
    expect(await post({ text: 'Hi', recipients: [to(1)] })).toMatchObject({
      status: 409,
      error: { code: 'SESSION_NOT_READY', details: { status: 'qr' } },
    });
    expect(await planned()).toEqual([]);
  });

  test('takes no more than 8 MB of content at once', async () => {
    const { post, planned } = await setUp();
    const recipients = Array.from({ length: 150 }, (_, n) => to(n));
    expect(await post({ text: 'x'.repeat(60_000), recipients })).toMatchObject({
      status: 422,
      error: { message: expect.stringContaining('8 MB') },
    });
    expect(await planned()).toEqual([]);
  });
});

import { and, eq, type SQL, sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../../shared/ids.ts';
import { runCron } from '../../jobs/cron.ts';
import { type Answer, createHarness, type Harness, idOf } from '../../testing/harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

const HELLO = { to: '+15550100001', text: 'Hello' };
const TEXT = '/v1/messages/text';
const MISMATCH = { status: 422, error: { code: 'IDEMPOTENCY_MISMATCH' } };

/** A workspace whose default session a runner of its own has. Every send carries the key `order-1` unless told otherwise. */
async function setUp() {
  const workspace = await harness.newWorkspace();
  const { workspaceId } = workspace;
  const runner = harness.newRunner();
  const { id: sessionId } = await harness.newSession({
    workspaceId,
    owner: runner.owner,
    isDefault: true,
  });
  const { messages, idempotency, sessions } = harness.schema;
  const mine = eq(idempotency.workspaceId, workspaceId);
  return {
    ...workspace,
    runner,
    sessionId,
    send: (
      body: unknown,
      { path = TEXT, key = 'order-1', apiKey = workspace.apiKey, prefer = '' } = {},
    ) =>
      harness.call('POST', path, {
        key: apiKey,
        body,
        headers: { 'idempotency-key': key, ...(prefer === '' ? {} : { prefer }) },
      }),
    sent: () =>
      harness.db
        .select()
        .from(messages)
        .where(and(eq(messages.workspaceId, workspaceId), eq(messages.direction, 'outbound'))),
    keys: () => harness.db.select().from(idempotency).where(mine),
    expireKeys: () =>
      harness.db
        .update(idempotency)
        .set({ expiresAt: new Date(0) })
        .where(mine),
    queueSeq: async () => {
      const [row] = await harness.db.select().from(sessions).where(eq(sessions.id, sessionId));
      return row?.queueSeq;
    },
    setStatus: (status: 'online' | 'qr') =>
      harness.db.update(sessions).set({ status }).where(eq(sessions.id, sessionId)),
  };
}

/**
 * Runs a statement that takes the session's row, and commits it when `waiting` others wait for a lock: what is sent meanwhile
 * is under way at once, whatever the machine's pace.
 */
async function hold(statement: SQL, sessionId: string, waiting: number) {
  const holding = harness.db.batch([
    harness.db.execute(statement),
    harness.db.execute(
      sql.raw(`do $$ begin
        for round in 1..500 loop
          perform pg_stat_clear_snapshot();
          exit when (select count(*) from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock') >= ${waiting};
          perform pg_sleep(0.01);
        end loop;
      end $$`),
    ),
  ]);
  const free = sql`select 1 from sessions where id = ${sessionId} for update skip locked`;
  await expect
    .poll(async () => (await harness.db.execute(free)).rows, { timeout: 5_000, interval: 10 })
    .toEqual([]);
  return () => holding;
}

const touch = (sessionId: string) =>
  sql`update sessions set updated_at = now() where id = ${sessionId}`;

const replayed = ({ headers }: Answer) => headers.get('idempotent-replayed');

describe('the same key and body', () => {
  test('gives the first answer again, without another message or doorbell', async () => {
    const { send, sent, runner, queueSeq } = await setUp();
    const first = await send(HELLO);
    const again = await send(HELLO);
    expect(first).toMatchObject({ status: 202, data: { status: 'queued', queueSeq: 1 } });
    expect(again).toMatchObject({ status: 202, data: first.data });
    expect([first, again].map(replayed)).toEqual([null, 'true']);
    expect(await sent()).toHaveLength(1);
    expect(await queueSeq()).toBe(1);
    expect(await runner.calls()).toHaveLength(1);
  });

  test('however the body is written', async () => {
    const { send, sent } = await setUp();
    await send(HELLO);
    const again = await send(
      '{"linkPreview": true, "text": "Hell\\u006f", "to": "+1 (555) 010-0001"}',
    );
    expect(replayed(again)).toBe('true');
    expect(await sent()).toHaveLength(1);
  });

  test('whether its session is named by id, by name or not at all', async () => {
    const { send, sent, sessionId, workspaceId } = await setUp();
    const { sessions } = harness.schema;
    const [session] = await harness.db.select().from(sessions).where(eq(sessions.id, sessionId));
    const first = await send({ ...HELLO, sessionId });
    for (const more of [{}, { sessionId: session?.name }]) {
      const again = await send({ ...HELLO, ...more });
      expect(again).toMatchObject({ status: 202, data: first.data });
      expect(replayed(again)).toBe('true');
    }
    const other = await harness.newSession({ workspaceId });
    expect(await send({ ...HELLO, sessionId: other.id })).toMatchObject(MISMATCH);
    expect(await send({ ...HELLO, sessionId: newId('session') })).toMatchObject({ status: 404 });
    expect(await sent()).toHaveLength(1);
  });

  test('however its instant and its numbers are spelled', async () => {
    const { send, sent } = await setUp();
    const utc = new Date(Date.now() + 3_600_000).toISOString().slice(0, 11);
    const body = (time: string, seconds: string) =>
      `{"to":"+15550100001","text":"Hello","sendAt":"${utc}${time}","expiresIn":${seconds}}`;
    const first = await send(body('12:00:00Z', '600'));
    expect(first).toMatchObject({ status: 202 });
    expect(replayed(await send(body('13:00:00.000+01:00', '6.0e2')))).toBe('true');
    expect(await sent()).toHaveLength(1);
  });

  test('50 at once are one message, one place in the queue, one doorbell', async () => {
    const { send, sent, keys, queueSeq, runner, sessionId } = await setUp();
    const released = await hold(touch(sessionId), sessionId, 5);
    const answers = await Promise.all(Array.from({ length: 50 }, () => send(HELLO)));
    await released();
    const [message, ...more] = await sent();
    expect(more).toEqual([]);
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(202));
    expect(new Set(answers.map(idOf))).toEqual(new Set([message?.id]));
    expect(answers.filter((answer) => replayed(answer) === null)).toHaveLength(1);
    expect(await queueSeq()).toBe(1);
    expect(await keys()).toHaveLength(1);
    expect(await runner.calls()).toHaveLength(1);
  });

  test('is a new message when 24 hours have passed, for one of 20 at once', async () => {
    const { send, sent, keys, expireKeys, sessionId } = await setUp();
    const first = await send(HELLO);
    const [key] = await keys();
    expect((key?.expiresAt.getTime() ?? 0) - (key?.createdAt.getTime() ?? 0)).toBe(24 * 3_600_000);
    await expireKeys();
    const released = await hold(touch(sessionId), sessionId, 5);
    const answers = await Promise.all(Array.from({ length: 20 }, () => send(HELLO)));
    await released();
    const [id, ...others] = new Set(answers.map(idOf));
    expect(others).toEqual([]);
    expect(id).not.toBe(idOf(first));
    expect(await sent()).toHaveLength(2);
    expect(await keys()).toMatchObject([{ messageId: id }]);
  });

  test('tells what became of the message since, also when its session is not ready any more', async () => {
    const { send, sent, setStatus } = await setUp();
    const id = idOf(await send(HELLO));
    const { messages } = harness.schema;
    await harness.db.update(messages).set({ status: 'delivered' }).where(eq(messages.id, id));
    await setStatus('qr');
    expect(await send(HELLO)).toMatchObject({ status: 202, data: { id, status: 'delivered' } });
    expect(await send(HELLO, { key: 'order-2' })).toMatchObject({ status: 409 });
    expect(await sent()).toHaveLength(1);
  });
});

describe('an answer that told how the message was settled', () => {
  const settled = (status: string, error: { code: string; message: string } | null = null) => ({
    doorbell: { body: { settled: { status, wireId: '3EB0AAAAAAAAAAAAAAAAAA', error } } },
  });

  test('is repeated as it was', async () => {
    const { send, runner, sent } = await setUp();
    await runner.script(settled('sent'));
    const first = await send(HELLO, { prefer: 'wait=5' });
    const again = await send(HELLO);
    expect(first).toMatchObject({ status: 200, data: { status: 'sent' } });
    expect(again).toMatchObject({ status: 200, data: first.data });
    expect(replayed(again)).toBe('true');
    expect(await sent()).toHaveLength(1);
  });

  test('is repeated as the failure that it was, and nothing is sent anew', async () => {
    const { send, runner, sent } = await setUp();
    await runner.script(
      settled('failed', { code: 'RECIPIENT_NOT_ON_WHATSAPP', message: 'not on WhatsApp' }),
    );
    const first = await send(HELLO, { prefer: 'wait=5' });
    const again = await send(HELLO, { prefer: 'wait=5' });
    expect(first).toMatchObject({ status: 422, error: { code: 'RECIPIENT_NOT_ON_WHATSAPP' } });
    expect(again).toMatchObject({ status: 422, error: first.error });
    expect([first, again].map(replayed)).toEqual([null, 'true']);
    expect(await sent()).toHaveLength(1);
    expect(await runner.calls()).toHaveLength(1);
  });
});

describe('the same key', () => {
  test.each([
    ['another text', { ...HELLO, text: 'Hullo' }],
    ['another recipient', { ...HELLO, to: '+15550100002' }],
    ['another expiry', { ...HELLO, expiresIn: 60 }],
    ['another reference', { ...HELLO, reference: 'order-4711' }],
  ])('with %s is refused, and the first answer stays', async (_name, other) => {
    const { send, sent } = await setUp();
    const first = await send(HELLO);
    const refused = await send(other);
    expect(refused).toMatchObject(MISMATCH);
    expect(replayed(refused)).toBe(null);
    expect(await send(HELLO)).toMatchObject({ data: first.data });
    expect(await sent()).toHaveLength(1);
  });

  test('with two bodies at once: one wins, the other is refused', async () => {
    const { send, sent, sessionId } = await setUp();
    const released = await hold(touch(sessionId), sessionId, 5);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => send({ ...HELLO, text: n % 2 === 0 ? 'even' : 'odd' })),
    );
    await released();
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      ...Array(10).fill(202),
      ...Array(10).fill(422),
    ]);
    expect(await sent()).toHaveLength(1);
  });

  test('in another workspace is another key', async () => {
    const [one, other] = [await setUp(), await setUp()];
    const [first, second] = [await one.send(HELLO), await other.send({ ...HELLO, text: 'Hi' })];
    expect([first, second].map(replayed)).toEqual([null, null]);
    expect(idOf(first)).not.toBe(idOf(second));
  });

  test('on another route is another key', async () => {
    const { send, sent } = await setUp();
    const image = { to: HELLO.to, url: `${harness.filesUrl}/pixel.png` };
    expect(await send(HELLO)).toMatchObject({ status: 202 });
    const second = await send(image, { path: '/v1/messages/image' });
    expect(second).toMatchObject({ status: 202, data: { type: 'image' } });
    expect(replayed(second)).toBe(null);
    expect(await sent()).toHaveLength(2);
  });

  test('shows the message to no API key that does not reach its session', async () => {
    const { send, workspaceId, setStatus } = await setUp();
    await send(HELLO);
    const other = await harness.newSession({ workspaceId });
    const pinned = await harness.newKey(workspaceId, { sessionId: other.id });
    const unscoped = await harness.newKey(workspaceId, { scopes: ['messages:read'] });
    const revoked = await harness.newKey(workspaceId, { revokedAt: new Date(0) });
    await setStatus('online');
    const statusOf = async ({ apiKey }: { apiKey: string }) =>
      (await send(HELLO, { apiKey })).status;
    expect(await statusOf(pinned)).toBe(403);
    expect(await statusOf(unscoped)).toBe(403);
    expect(await statusOf(revoked)).toBe(401);
  });
});

describe('a send that is refused leaves its key free', () => {
  test('by the schema, then by the session', async () => {
    const { send, sent, keys, setStatus } = await setUp();
    expect(await send({ ...HELLO, text: '' })).toMatchObject({ status: 422 });
    await setStatus('qr');
    expect(await send({ ...HELLO, text: 'Later' })).toMatchObject({ status: 409 });
    expect(await keys()).toEqual([]);
    await setStatus('online');
    const accepted = await send(HELLO);
    expect(accepted).toMatchObject({ status: 202 });
    expect(replayed(accepted)).toBe(null);
    expect(await sent()).toHaveLength(1);
  });

  test('because its session was deleted while it waited for it', async () => {
    const { send, sent, keys, sessionId } = await setUp();
    const released = await hold(sql`delete from sessions where id = ${sessionId}`, sessionId, 1);
    expect(await send(HELLO)).toMatchObject({ status: 404, error: { code: 'SESSION_NOT_FOUND' } });
    await released();
    expect([...(await sent()), ...(await keys())]).toEqual([]);
  });
});

describe('an image', () => {
  const path = '/v1/messages/image';

  test('is not fetched again for a replay', async () => {
    const { send, sent } = await setUp();
    const site = await harness.tap(harness.filesUrl);
    const body = { to: HELLO.to, url: `${site.url}/pixel.png` };
    const first = await send(body, { path });
    const again = await send(body, { path });
    expect(again).toMatchObject({ status: 202, data: first.data });
    expect(replayed(again)).toBe('true');
    expect(await send({ ...body, caption: 'Look' }, { path })).toMatchObject(MISMATCH);
    expect(await site.calls()).toHaveLength(1);
    expect(await sent()).toHaveLength(1);
  });

  test('at once is one message with one file', async () => {
    const { send, sent, workspaceId, sessionId } = await setUp();
    const site = await harness.tap(harness.filesUrl);
    const released = await hold(touch(sessionId), sessionId, 5);
    const body = { to: HELLO.to, url: `${site.url}/pixel.png` };
    const answers = await Promise.all(Array.from({ length: 5 }, () => send(body, { path })));
    await released();
    expect(await site.calls()).toHaveLength(5);
    expect(answers.map(({ status }) => status)).toEqual(Array(5).fill(202));
    expect(new Set(answers.map(idOf)).size).toBe(1);
    const { media } = harness.schema;
    const files = await harness.db.select().from(media).where(eq(media.workspaceId, workspaceId));
    expect(await sent()).toMatchObject([{ mediaId: files[0]?.id }]);
    expect(files).toHaveLength(1);
  });

  test('that could not be fetched leaves its key free', async () => {
    const { send, keys } = await setUp();
    const to = HELLO.to;
    expect(await send({ to, url: `${harness.filesUrl}/status/404` }, { path })).toMatchObject({
      status: 422,
      error: { code: 'MEDIA_REJECTED' },
    });
    expect(await keys()).toEqual([]);
    expect(await send({ to, url: `${harness.filesUrl}/pixel.png` }, { path })).toMatchObject({
      status: 202,
    });
  });
});

test('a reply under a key: again, with another text, and to another message', async () => {
  const { send, sent, workspaceId, sessionId } = await setUp();
  const received = async (): Promise<string> => {
    const id = newId('message');
    await harness.db.insert(harness.schema.messages).values({
      id,
      workspaceId,
      sessionId,
      direction: 'inbound',
      chatId: '15550100007@c.us',
      type: 'text',
      content: { text: 'A question' },
      status: 'sent',
      statusRank: 4,
      wireId: `3A${id.slice(-16).toUpperCase()}`,
    });
    return id;
  };
  const [one, other] = [await received(), await received()];
  const reply = (id: string, text: string) => send({ text }, { path: `/v1/messages/${id}/reply` });
  const first = await reply(one, 'An answer');
  const again = await reply(one, 'An answer');
  expect(first).toMatchObject({ status: 202, data: { quotedMessageId: one } });
  expect(again).toMatchObject({ status: 202, data: first.data });
  expect(replayed(again)).toBe('true');
  expect(await reply(one, 'Another')).toMatchObject(MISMATCH);
  expect(await reply(other, 'An answer')).toMatchObject(MISMATCH);
  expect(await sent()).toHaveLength(1);
});

describe('the header', () => {
  test.each([
    ['empty', ''],
    ['with a blank', 'order 1'],
    ['of 256 characters', 'k'.repeat(256)],
    ['not in ASCII', 'clé'],
  ])('that is %s is refused', async (_name, key) => {
    const { send, sent } = await setUp();
    expect(await send(HELLO, { key })).toMatchObject({
      status: 422,
      error: {
        code: 'VALIDATION_ERROR',
        details: { fields: [{ in: 'headers', field: 'idempotency-key' }] },
      },
    });
    expect(await sent()).toEqual([]);
  });

  test.each(['k'.repeat(255), `!"#$%&'()*+,-./:;<=>?@[\\]^_\`{|}~`])('%s is taken', async (key) => {
    const { send } = await setUp();
    expect(await send(HELLO, { key })).toMatchObject({ status: 202 });
    expect(replayed(await send(HELLO, { key }))).toBe('true');
  });

  test('sends under 20 keys at once take the queue’s numbers without a gap', async () => {
    const { send, sent } = await setUp();
    await Promise.all(Array.from({ length: 20 }, (_, n) => send(HELLO, { key: `order-${n}` })));
    const numbers = (await sent()).map(({ queueSeq }) => queueSeq ?? 0);
    expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
  });

  test('is in the OpenAPI document of every send, with an example', async () => {
    const response = await harness.request('GET', '/openapi.json');
    const { paths } = (await response.json()) as {
      paths: Record<string, { post?: { parameters?: unknown[] } }>;
    };
    for (const path of [TEXT, '/v1/messages/image', '/v1/messages/{id}/reply'])
      expect(paths[path]?.post?.parameters, path).toContainEqual(
        expect.objectContaining({
          in: 'header',
          name: 'idempotency-key',
          required: false,
          schema: expect.objectContaining({ example: expect.any(String) }),
        }),
      );
  });
});

test('old keys are deleted by the cron, and no others', async () => {
  const [old, young] = [await setUp(), await setUp()];
  await Promise.all([old.send(HELLO), young.send(HELLO)]);
  await old.expireKeys();
  await runCron(harness.services());
  expect(await old.keys()).toEqual([]);
  expect(await young.keys()).toHaveLength(1);
  expect(await old.sent()).toHaveLength(1);
});

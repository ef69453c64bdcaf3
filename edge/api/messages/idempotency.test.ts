import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { newId } from '../../../shared/ids.ts';
import { runCron } from '../../jobs/cron.ts';
import { createHarness, idOf } from '../../testing/harness.ts';
import { HELLO, idempotentSends, MISMATCH, replayed, touch } from './testing/idempotent-sends.ts';

const harness = await createHarness();
const { setUp, hold } = idempotentSends(harness);

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

  test.each([
    '(0171)555-0000',
    '\u202a0171\u200b5550000\u202c',
    '０１７１ ５５５００００',
    'tel:0171-5550000',
    'tel:01715550000;ext=5',
  ])('however a number without country code is spelled: %j', async (to) => {
    const { send, sent, workspaceId } = await setUp();
    const { workspaces } = harness.schema;
    const defaultCountry = 'DE';
    await harness.db
      .update(workspaces)
      .set({ defaultCountry })
      .where(eq(workspaces.id, workspaceId));
    const first = await send({ ...HELLO, to: '0171 5550000' });
    expect(first).toMatchObject({ status: 202, data: { chatId: '491715550000@c.us' } });
    expect(replayed(await send({ ...HELLO, to }))).toBe('true');
    expect(await send({ ...HELLO, to: '0171 5550001' })).toMatchObject(MISMATCH);
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

test('old keys are deleted by the cron, and no others', async () => {
  const [old, young] = [await setUp(), await setUp()];
  await Promise.all([old.send(HELLO), young.send(HELLO)]);
  await old.expireKeys();
  await runCron(harness.services());
  expect(await old.keys()).toEqual([]);
  expect(await young.keys()).toHaveLength(1);
  expect(await old.sent()).toHaveLength(1);
});

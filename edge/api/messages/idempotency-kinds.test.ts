import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { newId } from '../../../shared/ids.ts';
import { createHarness, idOf } from '../../testing/harness.ts';
import { HELLO, idempotentSends, MISMATCH, replayed, touch } from './testing/idempotent-sends.ts';

const harness = await createHarness();
const { setUp, hold } = idempotentSends(harness);

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

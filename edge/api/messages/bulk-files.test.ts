import { and, eq, isNotNull } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { createHarness, type Harness, idOf } from '../../testing/harness.ts';
import { textSender } from './testing/text-sender.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

const to = (n: number, variables = {}) => ({ to: `+1555010000${n}`, variables });

async function setUp() {
  const sender = await textSender(harness);
  const { workspaceId, apiKey: key } = sender;
  const { messages, media } = harness.schema;
  return {
    ...sender,
    post: (body: object, headers: Record<string, string> = {}) =>
      harness.call('POST', '/v1/messages/bulk', { key, body, headers }),
    planned: () =>
      harness.opened(
        harness.db
          .select()
          .from(messages)
          .where(and(eq(messages.workspaceId, workspaceId), isNotNull(messages.bulkId)))
          .orderBy(messages.id),
      ),
    files: () => harness.db.select().from(media).where(eq(media.workspaceId, workspaceId)),
  };
}

describe('the file of a bulk', () => {
  const PNG =
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
  const recipients = [to(1), to(2)];

  test.each([
    ['as base64', () => ({ base64: PNG })],
    ['by URL', () => ({ url: `${harness.filesUrl}/pixel.png` })],
  ])('%s is stored once, for all its messages, and never for a replay', async (_, source) => {
    const { post, planned, files, sessionId } = await setUp();
    const body = { type: 'image', ...source(), recipients };
    const headers = { 'idempotency-key': 'picture' };
    const answer = await post(body, headers);
    expect(answer).toMatchObject({ status: 202, data: { messages: 2 } });
    expect(await post(body, headers)).toMatchObject({ data: { id: idOf(answer) } });
    const stored = await files();
    expect(stored).toMatchObject([{ sessionId, direction: 'outbound' }]);
    const mediaId = stored[0]?.id;
    expect(await planned()).toMatchObject([
      { mediaId, content: { mediaId } },
      { mediaId, content: { mediaId } },
    ]);
  });

  test('may come in a form', async () => {
    const { planned, apiKey: key } = await setUp();
    const body = new FormData();
    body.set('type', 'image');
    body.set('caption', 'Look, {{name}}');
    body.set('recipients', JSON.stringify([to(1, { name: 'Ada' })]));
    body.set('file', new Blob([Buffer.from(PNG, 'base64')]), 'a.png');
    const form = new Response(body);
    const headers = { 'content-type': form.headers.get('content-type') ?? '' };
    const bytes = new Uint8Array(await form.arrayBuffer());
    const path = '/v1/messages/bulk';
    expect(await harness.call('POST', path, { key, body: bytes, headers })).toMatchObject({
      status: 202,
      data: { messages: 1 },
    });
    expect(await planned()).toMatchObject([{ content: { caption: 'Look, Ada' } }]);
  });

  test('that is no such file, or comes twice, leaves nothing', async () => {
    const { post, planned, files } = await setUp();
    const text = Buffer.from('no picture').toString('base64');
    for (const [source, code] of [
      [{ base64: text }, 'MEDIA_REJECTED'],
      [{ base64: PNG, url: 'https://example.com/a.png' }, 'VALIDATION_ERROR'],
      [{}, 'VALIDATION_ERROR'],
    ] as const)
      expect(await post({ type: 'image', ...source, recipients })).toMatchObject({
        status: 422,
        error: { code },
      });
    expect(await planned()).toEqual([]);
    expect(await files()).toEqual([]);
  });
});

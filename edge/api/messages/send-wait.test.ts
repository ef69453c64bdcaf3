import { beforeAll, describe, expect, test } from 'vitest';
import { createHarness, type Harness, idOf, type NewSession } from '../../testing/harness.ts';
import { textSender } from './testing/text-sender.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

const HELLO = { to: '+15550100001', text: 'Hello' };

const setUp = (session?: Partial<NewSession>) => textSender(harness, session);

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

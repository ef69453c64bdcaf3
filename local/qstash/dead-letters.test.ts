import { afterEach, beforeEach, expect, test } from 'vitest';
import { startTestStack } from './test-stack.ts';
import { eventually } from './test-receiver.ts';

let stack: Awaited<ReturnType<typeof startTestStack>>;
beforeEach(async () => {
  stack = await startTestStack();
});
afterEach(() => stack.close());

const deadLetters = (count: number) =>
  eventually(async () => {
    const { messages } = await stack.client.dlq.listMessages();
    return messages.length >= count ? messages : undefined;
  });

test('after its retries a message is dead, with the last answer kept', async () => {
  stack.receiver.behaviour = () => ({ status: 500, headers: { 'x-why': 'broken' }, body: 'no' });
  const url = `${stack.receiver.url}/x?y=1`;
  const { messageId } = await stack.client.publishJSON({
    url,
    body: { n: 1 },
    retries: 2,
    retryDelay: '1',
  });
  const [letter] = await deadLetters(1);
  expect(letter).toMatchObject({
    messageId,
    url,
    method: 'POST',
    body: '{"n":1}',
    maxRetries: 2,
    responseStatus: 500,
    responseBody: 'no',
    responseHeader: expect.objectContaining({ 'x-why': ['broken'] }),
  });
  expect(stack.receiver.received).toHaveLength(3);
  await expect(stack.client.messages.get(messageId)).rejects.toMatchObject({ status: 404 });
});

test('489 with Upstash-NonRetryable-Error is dead at once; 489 alone is retried', async () => {
  stack.receiver.behaviour = ({ url }) => ({
    status: 489,
    ...(url === '/final' && { headers: { 'Upstash-NonRetryable-Error': 'true' } }),
  });
  await stack.client.publish({ url: `${stack.receiver.url}/final`, body: '', retries: 5 });
  await deadLetters(1);
  expect(stack.receiver.received).toHaveLength(1);
  await stack.client.publish({ url: stack.receiver.url, body: '', retries: 1, retryDelay: '1' });
  await deadLetters(2);
  expect(stack.receiver.received).toHaveLength(3);
});

test('retrying a dead letter delivers it under a new id and clears it', async () => {
  stack.receiver.behaviour = () => ({ status: 500 });
  const { messageId } = await stack.client.publish({
    url: stack.receiver.url,
    body: 'again',
    retries: 0,
  });
  const [letter] = await deadLetters(1);
  stack.receiver.behaviour = () => ({ status: 200 });
  const { responses } = await stack.client.dlq.retry(letter?.dlqId ?? '');
  expect(responses).toHaveLength(1);
  expect(responses[0]?.messageId).not.toBe(messageId);
  const received = await stack.receiver.waitFor(2);
  expect(received[1]).toMatchObject({ body: 'again' });
  expect(received[1]?.headers['upstash-message-id']).toBe(responses[0]?.messageId);
  expect((await stack.client.dlq.listMessages()).messages).toEqual([]);
});

test('lists in pages, gets, filters and deletes', async () => {
  stack.receiver.behaviour = () => ({ status: 500 });
  for (const path of ['/a', '/b', '/c']) {
    await stack.client.publish({ url: `${stack.receiver.url}${path}`, body: path, retries: 0 });
  }
  const all = await deadLetters(3);
  const first = await stack.client.dlq.listMessages({ count: 2 });
  const second = await stack.client.dlq.listMessages({ count: 2, cursor: first.cursor ?? '' });
  expect([...first.messages, ...second.messages].map((one) => one.dlqId)).toEqual(
    all.map((one) => one.dlqId),
  );
  const filter = { url: `${stack.receiver.url}/b` };
  const [b] = (await stack.client.dlq.listMessages({ filter })).messages;
  expect(b?.body).toBe('/b');
  const got = await fetch(`${stack.qstash.url}/v2/dlq/${b?.dlqId ?? ''}`, {
    headers: { authorization: 'Bearer test-token' },
  });
  expect(await got.json()).toMatchObject({ dlqId: b?.dlqId });

  await stack.client.dlq.delete(b?.dlqId ?? '');
  await expect(stack.client.dlq.delete(b?.dlqId ?? '')).rejects.toMatchObject({ status: 404 });
  await expect(
    stack.client.dlq.delete({ filter: { label: 'not known here' } }),
  ).rejects.toMatchObject({ status: 400 });
  expect((await stack.client.dlq.listMessages()).messages).toHaveLength(2);
  expect(await stack.client.dlq.delete({ all: true })).toMatchObject({ deleted: 2 });
  expect((await stack.client.dlq.listMessages()).messages).toEqual([]);
});

import { expect, test } from 'vitest';
import { createHarness } from '../testing/harness.ts';

const harness = await createHarness();

/** The doors that take a phone number, each read by the one parser. */
const DOORS = [
  ['to', '/v1/messages/text', (to: unknown) => ({ to, text: 'Hello' })],
  ['phone', '/v1/sessions/{id}/pairing-code', (phone: unknown) => ({ phone })],
  ['phone', '/v1/sessions/{id}/sandbox/scan', (phone: unknown) => ({ phone })],
  ['from', '/v1/sessions/{id}/sandbox/messages', (from: unknown) => ({ from, text: 'Hello' })],
] as const;

async function setUp() {
  const { workspaceId, apiKey } = await harness.newWorkspace();
  const { owner } = harness.newRunner();
  const { id } = await harness.newSession({
    workspaceId,
    owner,
    status: 'online',
    isDefault: true,
  });
  return {
    post: (path: string, body: unknown) =>
      harness.call('POST', path.replace('{id}', id), { key: apiKey, body }),
  };
}

test.each(DOORS)('%s of %s takes numbers in every notation', async (_field, path, bodyOf) => {
  const { post } = await setUp();
  for (const phone of ['+44 (0)20 7946 0001', 'https://wa.me/442079460001', 442079460001])
    expect((await post(path, bodyOf(phone))).status, String(phone)).not.toBe(422);
});

test.each(DOORS)('%s of %s says what is missing', async (field, path, bodyOf) => {
  const { post } = await setUp();
  for (const phone of [
    '7528870001',
    '123456789012345',
    '+4479111O3456',
    '',
    -15550100001,
    44.5,
    true,
    {},
  ])
    expect(await post(path, bodyOf(phone)), JSON.stringify(phone)).toMatchObject({
      status: 422,
      error: { code: 'VALIDATION_ERROR', details: { fields: [{ in: 'body', field }] } },
    });
});

test('a message goes to the number that was meant', async () => {
  const { post } = await setUp();
  for (const to of ['+44 (0)20 7946 0001', 442079460001, '442079460001:7@S.WhatsApp.net'])
    expect(await post('/v1/messages/text', { to, text: 'Hello' })).toMatchObject({
      status: 202,
      data: { chatId: '442079460001@c.us' },
    });
});

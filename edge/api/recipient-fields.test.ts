import { expect, test } from 'vitest';
import { createHarness } from '../testing/harness.ts';

const harness = await createHarness();

/** The routes that take a phone number, and what a linked session without a sandbox answers to a valid one. */
const DOORS = [
  ['to', '/v1/messages/text', (to: unknown) => ({ to, text: 'Hello' }), 202],
  ['phone', '/v1/sessions/{id}/pairing-code', (phone: unknown) => ({ phone }), 409],
  ['phone', '/v1/sessions/{id}/sandbox/scan', (phone: unknown) => ({ phone }), 501],
  ['from', '/v1/sessions/{id}/sandbox/messages', (from: unknown) => ({ from, text: 'Hello' }), 501],
  [
    'chatId',
    '/v1/sessions/{id}/sandbox/messages',
    (chatId: unknown) => ({ from: '+15550100002', chatId, text: 'Hello' }),
    501,
  ],
] as const;

async function setUp() {
  const { workspaceId, apiKey } = await harness.newWorkspace();
  const call = (method: string, path: string, body: unknown) =>
    harness.call(method, path, { key: apiKey, body });
  const { owner } = harness.newRunner();
  const { id } = await harness.newSession({
    workspaceId,
    owner,
    status: 'online',
    isDefault: true,
  });
  return {
    post: (path: string, body: unknown) => call('POST', path.replace('{id}', id), body),
    setCountry: (defaultCountry: string | null) =>
      call('PATCH', '/v1/workspace', { defaultCountry }),
  };
}

test.each(DOORS)(
  '%s of %s takes numbers in every notation',
  async (_field, path, bodyOf, status) => {
    const { post } = await setUp();
    for (const phone of ['+44 (0)20 7946 0001', 'https://wa.me/442079460001', 442079460001])
      expect((await post(path, bodyOf(phone))).status, String(phone)).toBe(status);
  },
);

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

test('a number without a country code is in the country that the workspace names', async () => {
  const { post, setCountry } = await setUp();
  const sent = async (to: unknown) => {
    const { status, data } = await post('/v1/messages/text', { to, text: 'Hello' });
    return [status, (data as { chatId?: string } | null)?.chatId];
  };
  expect(await sent('07911 123456')).toEqual([422, undefined]);
  expect(await sent('442079460001')).toEqual([202, '442079460001@c.us']);
  expect(await setCountry('gb')).toMatchObject({ status: 200, data: { defaultCountry: 'GB' } });
  expect(await sent('07911 123456')).toEqual([202, '447911123456@c.us']);
  expect(await sent(7911123456)).toEqual([202, '447911123456@c.us']);
  expect(await sent('442079460001')).toEqual([202, '442079460001@c.us']);
  expect(await sent('+49 151 12345678')).toEqual([202, '4915112345678@c.us']);
  expect(await setCountry('IN')).toMatchObject({ status: 200 });
  expect(await sent('6591234567')).toEqual([422, undefined]);
  expect(await setCountry('XX')).toMatchObject({
    status: 422,
    error: { details: { fields: [{ in: 'body', field: 'defaultCountry' }] } },
  });
  expect(await setCountry(null)).toMatchObject({ status: 200, data: { defaultCountry: null } });
  expect(await sent('6591234567')).toEqual([202, '6591234567@c.us']);
});

test.each(DOORS)('so is %s of %s', async (field, path, bodyOf, valid) => {
  const { post, setCountry } = await setUp();
  const body = bodyOf('07911 123456');
  const message = expect.stringMatching(/07911123456 .*`defaultCountry`/);
  expect(await post(path, body)).toMatchObject({
    status: 422,
    error: { message, details: { fields: [{ in: 'body', field, message }] } },
  });
  await setCountry('GB');
  expect(await post(path, body)).toMatchObject({ status: valid });
});

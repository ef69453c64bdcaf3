import { eq } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import { newId } from '../../../shared/ids.ts';
import { createHarness, type Harness, type NewSession } from '../../testing/harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

const MESSAGE_WIRE_ID = '3EB0C431C26A1916E07A5D';

async function setUp(session: Partial<NewSession> = {}) {
  const { workspaceId, apiKey } = await harness.newWorkspace();
  const runner = harness.newRunner();
  const ok = (result: unknown) => ({ body: { ok: true, result } });
  await runner.script({
    'sandbox.state': ok({ linked: true }),
    'sandbox.scan': ok({ phoneNumber: '15550100001' }),
    'sandbox.messages': ok({ wireId: '3A00' }),
    'sandbox.acks': ok({}),
    'sandbox.network': ok({}),
    'sandbox.unlink': ok({}),
  });
  const { id: sessionId } = await harness.newSession({
    workspaceId,
    owner: runner.owner,
    ...session,
  });
  const messageId = newId('message');
  await harness.db.insert(harness.schema.messages).values({
    id: messageId,
    workspaceId,
    sessionId,
    direction: 'outbound',
    chatId: '15550100002@c.us',
    type: 'text',
    content: {},
    status: 'sent',
    statusRank: 4,
    wireId: MESSAGE_WIRE_ID,
  });
  const call = (method: string, path: string, body?: unknown) =>
    harness.call(method, `/v1/sessions/${sessionId}/sandbox${path}`, {
      key: apiKey,
      ...(body === undefined ? {} : { body }),
    });
  return { workspaceId, runner, messageId, call };
}

test.each([
  ['GET', '', undefined, 'sandbox.state', {}, { linked: true }],
  [
    'POST',
    '/scan',
    { name: 'Ada' },
    'sandbox.scan',
    { name: 'Ada' },
    { phoneNumber: '15550100001' },
  ],
  ['POST', '/unlink', undefined, 'sandbox.unlink', {}, {}],
  [
    'POST',
    '/network',
    { online: false, forMs: 50 },
    'sandbox.network',
    { online: false, forMs: 50 },
    {},
  ],
  ['POST', '/acks', { delaysMs: [1, 2, -1] }, 'sandbox.acks', { delaysMs: [1, 2, -1] }, {}],
  [
    'POST',
    '/messages',
    { from: '+15550100002', text: 'Hi' },
    'sandbox.messages',
    { from: '15550100002@c.us', type: 'text', text: 'Hi' },
    { wireId: '3A00' },
  ],
])('%s sandbox%s reaches the runner', async (method, path, body, name, input, data) => {
  const { call, runner } = await setUp();
  expect(await call(method, path, body)).toMatchObject({ status: 200, data });
  expect(await runner.calls()).toMatchObject([{ name, refused: null, body: input }]);
});

test('messages are named by our ids, and travel by their wire ids', async () => {
  const { call, runner, messageId } = await setUp();
  await call('POST', '/acks', { messageId, ack: 3 });
  await call('POST', '/messages', { from: '15550100002', text: 'Re', quotedMessageId: messageId });
  expect(await runner.calls()).toMatchObject([
    { body: { wireId: MESSAGE_WIRE_ID, ack: 3 } },
    { body: { quotedWireId: MESSAGE_WIRE_ID } },
  ]);
  expect(await call('POST', '/acks', { messageId: newId('message'), ack: 3 })).toMatchObject({
    status: 404,
  });
  expect(await call('POST', '/acks', { messageId })).toMatchObject({ status: 422 });
});

test('a message can be acknowledged as failed, and not as nothing', async () => {
  const { call, runner, messageId } = await setUp();
  expect(await call('POST', '/acks', { messageId, ack: -1 })).toMatchObject({ status: 200 });
  expect(await call('POST', '/acks', { messageId, ack: 0 })).toMatchObject({ status: 422 });
  expect(await runner.calls()).toMatchObject([{ body: { wireId: MESSAGE_WIRE_ID, ack: -1 } }]);
});

test('numbers without country code are at home where the workspace says', async () => {
  const { workspaceId, call, runner } = await setUp();
  const { workspaces } = harness.schema;
  const ours = eq(workspaces.id, workspaceId);
  await harness.db.update(workspaces).set({ defaultCountry: 'GB' }).where(ours);
  await call('POST', '/scan', { phone: '07911 123456' });
  await call('POST', '/messages', { from: '07911 123456', chatId: '(020) 79460001', text: 'Hi' });
  expect(await runner.calls()).toMatchObject([
    { body: { phone: '447911123456' } },
    { body: { from: '447911123456@c.us', chatId: '442079460001@c.us' } },
  ]);
});

test('what the runner refuses keeps its code', async () => {
  const { call, runner } = await setUp();
  await runner.script({
    'sandbox.scan': {
      status: 409,
      body: { ok: false, error: { code: 'CONFLICT', message: 'There is no code to scan.' } },
    },
  });
  expect(await call('POST', '/scan', {})).toMatchObject({
    status: 409,
    error: { code: 'CONFLICT', message: 'There is no code to scan.' },
  });
});

test('an unknown group or message of the sandbox is 404', async () => {
  const { call, runner } = await setUp();
  await runner.script({
    'sandbox.messages': {
      status: 404,
      body: {
        ok: false,
        error: {
          code: 'NOT_FOUND',
          message: 'It is no group.',
          details: { sandbox: 'UNKNOWN_GROUP' },
        },
      },
    },
  });
  const message = { from: '+15550100002', chatId: '120363000000000001@g.us', text: 'Hi' };
  expect(await call('POST', '/messages', message)).toMatchObject({
    status: 404,
    error: { code: 'NOT_FOUND', details: { sandbox: 'UNKNOWN_GROUP' } },
  });
});

test('a live session has no simulated phone', async () => {
  const { call, runner } = await setUp({ mode: 'live' });
  for (const [method, path, body] of [
    ['GET', '', undefined],
    ['POST', '/scan', {}],
    ['POST', '/unlink', undefined],
  ] as const)
    expect(await call(method, path, body)).toMatchObject({
      status: 501,
      error: { code: 'NOT_SUPPORTED' },
    });
  expect(await runner.calls()).toEqual([]);
});

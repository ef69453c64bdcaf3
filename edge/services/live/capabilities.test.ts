import { beforeAll, expect, test } from 'vitest';
import { CAPABILITIES } from '../../../shared/catalogue/capabilities.ts';
import { LIVE_OPERATIONS } from '../../../shared/catalogue/live-operations.ts';
import { MESSAGE_KIND_NAMES } from '../../../shared/catalogue/message-kinds.ts';
import { createHarness, type Harness } from '../../testing/harness.ts';
import { liveSession } from '../../testing/live-session.ts';
import { requireCapability } from './capabilities.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

test('a session lists every kind and every operation, and why it cannot do one', async () => {
  const { call, id, name } = await liveSession(harness);
  const answer = await call('GET', `/sessions/${name}/capabilities`);
  expect(answer.meta).toMatchObject({ sessionId: id, sessionName: name });
  const names = [
    ...MESSAGE_KIND_NAMES.map((kind) => `send.${kind}`),
    ...Object.keys(LIVE_OPERATIONS),
  ];
  for (const each of names)
    expect(answer.data).toContainEqual(expect.objectContaining({ name: each, reason: null }));
  expect(answer.data).toContainEqual({ name: 'listLabels', supported: 'account', reason: null });
  expect(answer.data).toContainEqual({
    name: 'send.album',
    supported: 'no',
    reason: CAPABILITIES.wwebjs['send.album'].no,
  });
});

test('what an engine cannot do is refused by its name in the list', () => {
  expect(() => requireCapability('wwebjs', 'send.text')).not.toThrow();
  expect(() => requireCapability('wwebjs', 'send.album')).toThrow(
    expect.objectContaining({ code: 'NOT_SUPPORTED', details: { capability: 'send.album' } }),
  );
});

test('a video note is 501 by its name in the list', async () => {
  const { call } = await liveSession(harness);
  const body = { to: '+15550100001', url: `${harness.filesUrl}/clip.mp4`, asNote: true };
  const capability = 'send.video.asNote';
  expect(await call('POST', '/messages/video', body)).toMatchObject({
    status: 501,
    error: { code: 'NOT_SUPPORTED', details: { capability } },
  });
  const answer = await call('POST', '/messages/video', { ...body, asNote: false });
  expect(answer).toMatchObject({ status: 202 });
});

test('an album is 501 by its name in the list, whatever its pictures are called', async () => {
  const { call } = await liveSession(harness);
  const body = { to: '+15550100001', pictures: [{ url: `${harness.filesUrl}/pixel.png` }] };
  expect(await call('POST', '/messages/album', body)).toMatchObject({
    status: 501,
    error: {
      code: 'NOT_SUPPORTED',
      message: expect.stringContaining('message of its own'),
      details: { capability: 'send.album' },
    },
  });
  expect(await call('POST', '/messages/album', { ...body, to: 'nobody' })).toMatchObject({
    status: 422,
  });
  expect(await call('POST', '/messages/album', { ...body, sessionId: 'none' })).toMatchObject({
    status: 404,
    error: { code: 'SESSION_NOT_FOUND' },
  });
});

test('what an account cannot do is 501 by its name in the list', async () => {
  const { call, runner } = await liveSession(harness);
  const message = 'Only business accounts have labels.';
  const error = { code: 'NOT_SUPPORTED', message };
  await runner.script({ listLabels: { status: 501, body: { ok: false, error } } });
  expect(await call('GET', '/labels')).toMatchObject({
    status: 501,
    error: { ...error, details: { capability: 'listLabels' } },
  });
});

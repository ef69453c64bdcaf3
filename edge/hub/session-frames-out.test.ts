import { expect, test } from 'vitest';
import { sampleEvent } from '../../shared/catalogue/events/index.ts';
import { sessionFrames } from './session-frames-out.ts';

const ses = 'ses_01k2q8z6m4c8f7h3n5r9t1v0wx';
const of = (type: Parameters<typeof sampleEvent>[0], data: object = {}) => {
  const event = sampleEvent(type);
  return sessionFrames({ ...event, sessionId: ses, data: { ...event.data, ...data } });
};

test('a session that is online is ready', async () => {
  expect(await of('session.status', { status: 'online' })).toEqual([
    { type: 'session_ready', sessionId: ses, phoneNumber: '15550100001' },
    { type: 'status_update', sessionId: ses, status: 'connected' },
  ]);
});

test.each([
  ['starting', 'connecting'],
  ['reconnecting', 'reconnecting'],
  ['logged_out', 'logged_out'],
  ['action_required', 'error'],
])('%s is told as %s', async (status, state) => {
  expect(await of('session.status', { status })).toEqual([
    { type: 'status_update', sessionId: ses, status: state },
  ]);
});

test('a code is a picture, and none where the reader may not see it', async () => {
  expect(await of('session.qr')).toEqual([
    { type: 'qr_code', sessionId: ses, qr: expect.stringMatching(/^data:image\/png;base64,iVBOR/) },
  ]);
  expect(await of('session.qr', { qr: null })).toEqual([]);
});

test('a message that came in has its sender', async () => {
  const [frame] = await of('message.received');
  expect(frame).toEqual({
    type: 'message_received',
    sessionId: ses,
    message: {
      id: expect.stringMatching(/^msg_/),
      from: '15550100001@c.us',
      name: expect.any(String),
      to: '15550100001@c.us',
      type: 'text',
      body: 'Hi',
      timestamp: expect.any(String),
    },
  });
});

test('nothing else is told', async () => {
  expect(await of('message.sent')).toEqual([]);
});

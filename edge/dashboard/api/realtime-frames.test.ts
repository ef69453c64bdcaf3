import { describe, expect, test } from 'vitest';
import { frameOf, isConcerned } from './realtime-frames.ts';

test.each([
  ['pong', null],
  ['{"type":"ready","cursor":41}', { type: 'ready', cursor: 41 }],
  ['{"type":"check","seq":541}', { type: 'check' }],
  [
    '{"type":"event","event":{"type":"message.sent","seq":42}}',
    { type: 'event', eventType: 'message.sent', seq: 42 },
  ],
  ['{"type":"error","success":false}', null],
  [new ArrayBuffer(1), null],
])('the frame %s', (data, frame) => {
  expect(frameOf(data)).toEqual(frame);
});

describe('an event', () => {
  test.each([
    [['sessions', 'ses_1'], 'session.status', true],
    [['sessions', 'ses_1'], 'message.sent', false],
    [['messages', 'newest', {}], 'message.received', true],
    [['messages', 'list', {}], 'message.received', false],
    [['messages', 'msg_1'], 'message.read', true],
    [['webhooks', 'whk_1', 'deliveries', undefined], 'message.read', true],
    [['webhooks'], 'message.read', false],
    [['me'], 'session.status', false],
  ])('has %j read anew by %s: %s', (queryKey, type, expected) => {
    expect(isConcerned(queryKey, [type])).toBe(expected);
  });
});

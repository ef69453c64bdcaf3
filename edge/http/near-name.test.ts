import { expect, test } from 'vitest';
import { nearName } from './near-name.ts';

const SEND = ['sessionId', 'expiresIn', 'sendAt', 'to', 'text', 'linkPreview'];

test.each([
  ['phone', SEND, 'to'],
  ['number', SEND, 'to'],
  ['chatId', SEND, 'to'],
  ['chat_id', SEND, 'to'],
  ['message', SEND, 'text'],
  ['body', SEND, 'text'],
  ['txt', SEND, 'text'],
  ['Text', SEND, 'text'],
  ['tetx', SEND, 'text'],
  ['session_id', SEND, 'sessionId'],
  ['instanceName', SEND, 'sessionId'],
  ['connectionId', SEND, 'sessionId'],
  ['device_id', SEND, 'sessionId'],
  ['sessionId', ['instanceName', 'to'], 'instanceName'],
  ['instance', ['instanceName', 'to'], 'instanceName'],
  ['instanceId', ['instanceName', 'to'], 'instanceName'],
  ['link-preview', SEND, 'linkPreview'],
  ['number', ['phone', 'name'], 'phone'],
  ['type', ['after', 'limit', 'types', 'sessionId'], 'types'],
  ['colour', SEND, null],
  ['x', SEND, null],
  ['', SEND, null],
  ['t'.repeat(10_000), SEND, null],
  ['constructor', SEND, null],
])('%.20s is near %s: %s', (written, known, name) => {
  expect(nearName(written, known)).toBe(name);
});

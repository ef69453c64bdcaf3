import { expect, test } from 'vitest';
import {
  errorResponse,
  lastStatus,
  ready,
  startupParameters,
  summarize,
  welcome,
} from './messages.ts';

test.each([
  ['idle', ready(), 'I'],
  ['in a transaction', Buffer.concat([ready(), ready('T')]), 'T'],
  ['failed', ready('E'), 'E'],
  ['waiting for more', errorResponse('ERROR', '42601', 'Z'), undefined],
  ['nothing', Buffer.alloc(0), undefined],
])('knows from an answer that the session is %s', (_, answer, expected) => {
  expect(lastStatus(answer)).toBe(expected);
});

test('a welcome ends idle and has no error', () => {
  expect(lastStatus(welcome('app'))).toBe('I');
  expect(summarize(welcome('app'))).toEqual({ rows: 0, error: undefined });
});

test('finds the reason in an error response', () => {
  expect(summarize(errorResponse('FATAL', '3D000', 'no such database')).error).toBe(
    'no such database',
  );
});

test('reads startup parameters', () => {
  const packet = Buffer.concat([Buffer.alloc(8), Buffer.from('user\0ann\0database\0\0\0')]);
  expect(Object.fromEntries(startupParameters(packet))).toEqual({ user: 'ann', database: '' });
});

import { expect, test } from 'vitest';
import type { AttemptResult } from './attempt.ts';
import type { Message } from './message.ts';
import { judgeAttempt } from './verdict.ts';

const now = 1_000_000;
const message = (retried: number): Message => ({
  seq: 1,
  id: 'msg_1',
  dueAt: now,
  createdAt: now,
  retried,
  body: new Uint8Array(),
  spec: {
    url: 'http://127.0.0.1/',
    method: 'POST',
    header: {},
    maxRetries: 2,
    retryDelay: '100 * (retried + 1)',
    timeoutMs: 1_000,
    flowControl: null,
  },
});
const answer = (status: number, header: Record<string, string[]> = {}): AttemptResult => ({
  kind: 'response',
  status,
  header,
  body: Buffer.alloc(0),
});
const final = { 'upstash-nonretryable-error': ['true'] };

test.each([
  ['200', answer(200), 0, { state: 'delivered' }],
  ['204 at the last attempt', answer(204), 2, { state: 'delivered' }],
  ['302', answer(302), 0, { state: 'retry', error: 'HTTP status 302', dueAt: now + 100 }],
  ['500 the second time', answer(500), 1, { state: 'retry', dueAt: now + 200 }],
  ['500 with the retries used up', answer(500), 2, { state: 'dead', error: 'HTTP status 500' }],
  ['no answer', { kind: 'error', message: 'gone' }, 0, { state: 'retry', error: 'gone' }],
  ['no answer at the end', { kind: 'error', message: 'gone' }, 2, { state: 'dead', error: 'gone' }],
  ['Retry-After', answer(429, { 'retry-after': ['5'] }), 0, { state: 'retry', dueAt: now + 5_000 }],
  ['489 and the header', answer(489, final), 0, { state: 'dead' }],
  ['489 alone', answer(489), 0, { state: 'retry' }],
  ['the header alone', answer(500, final), 0, { state: 'retry' }],
] as const)('%s', (_name, result, retried, verdict) => {
  expect(judgeAttempt(message(retried), result, now)).toMatchObject(verdict);
});

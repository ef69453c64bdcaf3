import { describe, expect, it } from 'vitest';
import type { EgressResult } from '../egress/port.ts';
import { judgeAttempt } from './judge-attempt.ts';

const answered = (status: number, headers: Record<string, string> = {}): EgressResult => ({
  kind: 'answered',
  status,
  headers: new Headers(headers),
  body: new TextEncoder().encode('body'),
  truncated: false,
  durationMs: 7,
});

const judge = (result: EgressResult, attemptNo = 1) =>
  judgeAttempt({ result, attemptNo, retryDelays: [5, 300], random: 0.5, now: 0 });

describe('judgeAttempt', () => {
  it.each([200, 201, 204, 299])('takes %i as delivered', (status) => {
    expect(judge(answered(status))).toMatchObject({
      status: 'delivered',
      delayMs: null,
      error: null,
    });
  });

  it.each([
    [answered(199), 'HTTP 199'],
    [answered(302), 'HTTP 302: redirects are not followed'],
    [answered(404), 'HTTP 404'],
    [answered(500), 'HTTP 500'],
    [
      { kind: 'failed', reason: 'the connection failed', durationMs: 9 } as const,
      'the connection failed',
    ],
    [
      { kind: 'blocked', reason: 'port 22 is not a web port' } as const,
      'blocked: port 22 is not a web port',
    ],
  ])('tries again after %j', (result, error) => {
    expect(judge(result)).toMatchObject({ status: 'pending', delayMs: 5_000, error });
    expect(judge(result, 3)).toMatchObject({ status: 'failed', delayMs: null, error });
  });

  it('waits as Retry-After says', () => {
    expect(judge(answered(503, { 'retry-after': '60' }))).toMatchObject({ delayMs: 60_000 });
  });

  it('gives up and switches off at 410, and at a wish even when it was taken', () => {
    expect(judge(answered(410))).toMatchObject({
      status: 'failed',
      disableReason: expect.any(String),
    });
    expect(judge(answered(200, { 'webhook-delivery': 'Disable' }))).toMatchObject({
      status: 'delivered',
      disableReason: expect.any(String),
    });
  });
});

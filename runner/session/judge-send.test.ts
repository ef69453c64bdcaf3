import { describe, expect, it } from 'vitest';
import type { EngineSendResult } from '../engine/port.ts';
import { judgeSend, MAX_ATTEMPTS, pauseAfter, type SendVerdict } from './judge-send.ts';

const refused = (
  code: 'UNAVAILABLE' | 'MESSAGE_FAILED' | 'RECIPIENT_NOT_ON_WHATSAPP',
): EngineSendResult => ({ outcome: 'failed', code, message: 'why' });

const TABLE: readonly [result: EngineSendResult, attempts: number, verdict: SendVerdict][] = [
  [{ outcome: 'sent', wireKey: 'key' }, 0, { verdict: 'sent', wireKey: 'key' }],
  [{ outcome: 'accepted', wireKey: 'key' }, 0, { verdict: 'watch', wireKey: 'key' }],
  [{ outcome: 'unknown', message: 'why' }, 0, { verdict: 'look_up', message: 'why' }],
  [{ outcome: 'unknown', message: 'why' }, MAX_ATTEMPTS, { verdict: 'look_up', message: 'why' }],
  [refused('UNAVAILABLE'), 0, { verdict: 'again', attempts: 1 }],
  [refused('UNAVAILABLE'), MAX_ATTEMPTS - 2, { verdict: 'again', attempts: MAX_ATTEMPTS - 1 }],
  [
    refused('UNAVAILABLE'),
    MAX_ATTEMPTS - 1,
    { verdict: 'failed', code: 'UNAVAILABLE', message: 'why' },
  ],
  [refused('MESSAGE_FAILED'), 0, { verdict: 'failed', code: 'MESSAGE_FAILED', message: 'why' }],
  [
    refused('RECIPIENT_NOT_ON_WHATSAPP'),
    0,
    { verdict: 'failed', code: 'RECIPIENT_NOT_ON_WHATSAPP', message: 'why' },
  ],
];

describe('after a send', () => {
  it.each(TABLE)('that ended as %o after %i attempts', (result, attempts, verdict) => {
    expect(judgeSend(result, attempts)).toEqual(verdict);
  });

  it('the pause doubles', () => {
    expect([1, 2, 3, 4].map((attempts) => pauseAfter(attempts, () => 1))).toEqual([
      1_000, 2_000, 4_000, 8_000,
    ]);
  });
});

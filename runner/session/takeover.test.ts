import { describe, expect, it } from 'vitest';
import type { EngineLookUp } from '../engine/port.ts';
import type { JournalState } from '../journal/send-journal.ts';
import { judgeByJournal, judgeByWire } from './takeover.ts';

const done = (outcome: 'sent' | 'accepted' | 'failed' | 'unknown'): JournalState => ({
  state: 'done',
  result: { outcome, wireKey: 'key', error: null },
});

describe('what is said of a message that was claimed and never settled', () => {
  it.each<[string, JournalState, string]>([
    ['the journal knows nothing of that epoch', { state: 'no_record' }, 'look_up'],
    ['our journal covers the epoch and has no begin', { state: 'not_begun' }, 'not_begun'],
    ['it was begun', { state: 'begun' }, 'look_up'],
    ['it was sent', done('sent'), 'sent'],
    ['it failed', done('failed'), 'failed'],
    ['it was on the page without an ack', done('accepted'), 'look_up'],
    ['it was unknown', done('unknown'), 'look_up'],
  ])('by the journal: %s', (_, journal, verdict) => {
    expect(judgeByJournal(journal).verdict).toBe(verdict);
  });

  it.each<[string, EngineLookUp, string]>([
    ['absent proves nothing', { found: false }, 'unknown'],
    ['an error ack', { found: true, ack: -1, wireKey: 'k' }, 'failed'],
    ['no ack yet', { found: true, ack: 0, wireKey: 'k' }, 'watch'],
    ['on the server', { found: true, ack: 1, wireKey: 'k' }, 'sent'],
    ['read', { found: true, ack: 3, wireKey: 'k' }, 'sent'],
  ])('by the wire: %s', (_, found, verdict) => {
    expect(judgeByWire(found).verdict).toBe(verdict);
  });

  it('a failure keeps the reason that the journal or the page has', () => {
    const error = { code: 'RECIPIENT_NOT_ON_WHATSAPP', message: 'unknown' } as const;
    const result = { outcome: 'failed', wireKey: 'key', error } as const;
    const failed = { verdict: 'failed', wireKey: 'key', error };
    expect(judgeByJournal({ state: 'done', result })).toEqual(failed);
    expect(judgeByWire({ found: true, ack: -1, wireKey: 'key', error })).toEqual(failed);
  });
});

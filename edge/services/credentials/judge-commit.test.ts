import { describe, expect, it } from 'vitest';
import { judgeCommit, type Judged, type Judgement } from './judge-commit.ts';

const current = { version: 7, phoneNumber: '1555', formatVersion: 156 };
const commit: Judged = {
  phoneNumber: '1555',
  generation: 7,
  formatVersion: 156,
  sessionPhoneNumber: '1555',
  sessionStatus: 'online',
  current,
};
const taken = (given: Partial<Judgement> = {}) => ({
  ok: true,
  quarantineOthers: false,
  keepApart: null,
  ...given,
});
const refused = (reason: string) => ({ ok: false, reason });

describe('whether a snapshot takes the last good one’s place', () => {
  it.each<[string, Partial<Judged>, object]>([
    ['the same as before', {}, taken()],
    ['the first one', { current: null }, taken()],
    [
      'the first one of a number not yet known',
      { current: null, sessionPhoneNumber: null },
      taken(),
    ],
    ['no registration', { phoneNumber: null }, refused('registration_missing')],
    [
      'no registration, and nothing to lose',
      { phoneNumber: null, current: null },
      refused('registration_missing'),
    ],
    ['another number than the session’s', { phoneNumber: '1777' }, refused('number_changed')],
    [
      'another number, and the session’s is not known',
      { phoneNumber: '1777', sessionPhoneNumber: null },
      refused('number_changed'),
    ],
    [
      'another number that waits for its user',
      { phoneNumber: '1777', sessionPhoneNumber: '1777', sessionStatus: 'action_required' },
      refused('number_changed'),
    ],
    [
      'another number that its user accepted',
      { phoneNumber: '1777', sessionPhoneNumber: '1777' },
      taken({ quarantineOthers: true }),
    ],
    ['a later generation, whose last commit was refused', { generation: 9 }, taken()],
    ['an earlier generation', { generation: 6 }, refused('generation_fell')],
    ['any generation where nothing is kept', { generation: 0, current: null }, taken()],
    ['a newer engine', { formatVersion: 157 }, taken({ keepApart: 'format' })],
    ['an older engine', { formatVersion: 155 }, taken()],
  ])('%s', (_, given, expected) => {
    expect(judgeCommit({ ...commit, ...given })).toEqual(expected);
  });
});

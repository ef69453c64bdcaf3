import { expect, test } from 'vitest';
import {
  connectedShares,
  duplicateSends,
  eventsLost,
  longestAway,
  onlineShares,
  recoveries,
  silentShare,
} from './measure.ts';
import type { Look } from './observe.ts';

/** Looks at one session `s`, a second apart from 0 on: `o` online, `x` not, space: no answer. */
const looksAt = (seen: string): Look[] =>
  seen.split('').flatMap((mark, second) =>
    mark === ' '
      ? []
      : [
          {
            at: second * 1_000,
            sessions: new Map([
              ['s', { status: mark === 'o' ? 'online' : 'reconnecting', runnerId: 'a' }],
            ]),
          },
        ],
  );
const ALL = { from: 0, to: 1_000_000 };

test.each([
  ['always', 'ooooooooooo', 1],
  ['never', 'xxxxxxxxxxx', 0],
  ['away for two looks, with the ways there and back', 'oooxxoooooo', 0.7],
  ['a silence counts against it', 'ooo     ooo', 0.4],
  ['one look without an answer is no silence', 'ooo ooooooo', 1],
])('share online: %s', (_name, seen, share) => {
  expect(onlineShares(looksAt(seen), ['s'], ALL)).toEqual([share]);
});

test('share online is of the time asked for', () => {
  expect(onlineShares(looksAt('xxxxoooo'), ['s'], { from: 4_000, to: 7_000 })).toEqual([1]);
});

test('the share of silence', () => {
  expect(silentShare(looksAt('oxo     xxx'), ALL)).toBeCloseTo(0.6);
});

test('share connected is cut to the time asked for, and an open line lasts', () => {
  const line = { sessionId: 's', deviceId: 1 };
  const lines = [
    { ...line, from: 0, to: 12 },
    { ...line, from: 17, to: null },
    { ...line, sessionId: 'other', from: 0, to: null },
  ];
  expect(connectedShares(lines, ['s'], { from: 10, to: 20 })).toEqual([0.5]);
});

test('a recovery is counted from the last fault before the time away', () => {
  const faults = [
    { at: 500, kind: 'killRunner' },
    { at: 1_500, kind: 'killRedis' },
    { at: 4_500, kind: 'killBrowser' },
  ];
  expect(recoveries(looksAt('oxxoooxo'), faults, ['s'])).toEqual([
    { kind: 'killRunner', ms: 2_500 },
    { kind: 'killBrowser', ms: 2_500 },
  ]);
});

test('a time away that is not over counts until now', () => {
  expect(recoveries(looksAt('oxxx'), [{ at: 500, kind: 'killRunner' }], ['s'])).toEqual([
    { kind: 'killRunner', ms: 2_500 },
  ]);
});

test('the longest time away ends when it is seen online again', () => {
  expect(longestAway(looksAt('oxxooxo'), ['s'])).toBe(2_000);
  expect(longestAway(looksAt('ooo'), ['s'])).toBe(0);
});

test('lost events and second sends are counted one by one', () => {
  const event = (id: string, wireId: string) => ({
    id,
    type: 'message.received',
    seq: 1,
    sessionId: 's',
    wireId,
    messageId: null,
  });
  const inbound = ['A', 'B'].map((wireId) => ({ sessionId: 's', wireId, text: wireId, at: 0 }));
  const events = [event('1', 'A'), event('2', 'C')];
  expect(eventsLost({ inbound, events, delivered: [event('1', 'A')] })).toBe(2);
  const wire = ['one', 'two', 'one', 'one'].map((text) => ({ account: 'a', wireId: text, text }));
  expect(duplicateSends({ wire })).toBe(2);
});

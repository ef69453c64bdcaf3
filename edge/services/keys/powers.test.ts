import { describe, expect, test } from 'vitest';
import { excessOver, type Power, type Powers, reaches } from './powers.ts';

const free: Powers = {
  mode: 'live',
  scopes: ['*'],
  sessionId: null,
  expiresAt: null,
  allowedIps: null,
  perMinute: null,
};
const at = (hour: number) => new Date(Date.UTC(2026, 10, 21, hour));

type Case = [what: string, holder: Partial<Powers>, other: Partial<Powers>, excess: Power | null];

describe('what another key can do more than its holder', () => {
  test.each<Case>([
    ['nothing more than everything', {}, { scopes: ['keys:write'] }, null],
    ['an equal one', { scopes: ['keys:write'] }, { scopes: ['keys:write'] }, null],
    ['a scope of an area', { scopes: ['keys:*'] }, { scopes: ['keys:write', 'keys:*'] }, null],
    [
      'one scope more',
      { scopes: ['keys:*'] },
      { scopes: ['keys:read', 'messages:send'] },
      'scopes',
    ],
    ['an area', { scopes: ['keys:read', 'keys:write'] }, { scopes: ['keys:*'] }, 'scopes'],
    ['everything', { scopes: ['keys:*'] }, { scopes: ['*'] }, 'scopes'],
    ['a test key', {}, { mode: 'test' }, null],
    ['a live key', { mode: 'test' }, { mode: 'live' }, 'mode'],
    ['the same pin', { sessionId: 'a' }, { sessionId: 'a' }, null],
    ['another pin', { sessionId: 'a' }, { sessionId: 'b' }, 'sessionId'],
    ['no pin', { sessionId: 'a' }, {}, 'sessionId'],
    ['an earlier end', { expiresAt: at(2) }, { expiresAt: at(1) }, null],
    ['a later end', { expiresAt: at(2) }, { expiresAt: at(3) }, 'expiresAt'],
    ['no end', { expiresAt: at(2) }, {}, 'expiresAt'],
    ['fewer addresses', { allowedIps: ['10.0.0.0/8'] }, { allowedIps: ['10.1.0.0/16'] }, null],
    ['other ones', { allowedIps: ['10.0.0.0/8'] }, { allowedIps: ['11.0.0.0/8'] }, 'allowedIps'],
    ['all addresses', { allowedIps: ['10.0.0.0/8'] }, {}, 'allowedIps'],
    ['the default rate', { perMinute: 60 }, {}, null],
    ['a higher rate than the default', {}, { perMinute: 61 }, 'perMinute'],
    ['a lower rate', { perMinute: 100 }, { perMinute: 99 }, null],
    ['the default rate from less', { perMinute: 10 }, {}, 'perMinute'],
  ])('%s', (_what, holder, other, excess) => {
    expect(excessOver({ ...free, ...holder }, { ...free, ...other })).toBe(excess);
  });

  test('counts in the respects asked about only', () => {
    const holder: Powers = { ...free, scopes: [], expiresAt: at(1) };
    expect(excessOver(holder, free, ['mode'])).toBeNull();
    expect(excessOver(holder, free, ['mode', 'expiresAt'])).toBe('expiresAt');
  });
});

test('a key sees others by pin and mode, whatever their scopes', () => {
  expect(reaches({ ...free, scopes: [] }, free)).toBe(true);
  expect(reaches({ ...free, sessionId: 'a' }, free)).toBe(false);
  expect(reaches({ ...free, mode: 'test' }, free)).toBe(false);
});

import { expect, test } from 'vitest';
import { bodyOf, changesOf, draftOf, NEW } from './draft.ts';
import type { ApiKey } from './key.ts';

const KEY: ApiKey = {
  id: 'key_1',
  name: 'shop',
  mode: 'live',
  scopes: ['messages:*'],
  sessionId: 'ses_1',
  allowedIps: ['203.0.113.0/24'],
  perMinute: 60,
  isActive: true,
  expiresAt: '2027-01-02T03:04:56.789Z',
  previousKeyUntil: null,
  lastUsedAt: null,
  createdBy: null,
  userId: null,
  createdAt: '2026-01-01T00:00:00.000Z',
};

test('what is left empty limits nothing', () => {
  expect(bodyOf({ ...NEW, name: 'shop' })).toEqual({
    name: 'shop',
    scopes: ['messages:send', 'messages:read'],
    sessionId: null,
    expiresAt: null,
    allowedIps: null,
    perMinute: null,
  });
});

test('addresses stand one a line, or by comma', () => {
  const { allowedIps } = bodyOf({ ...NEW, addresses: '203.0.113.9\n 2001:db8::/32, 192.0.2.1 ' });
  expect(allowedIps).toEqual(['203.0.113.9', '2001:db8::/32', '192.0.2.1']);
});

test('a time is that of this browser', () => {
  const at = bodyOf({ ...NEW, expires: '2027-01-02T03:04' }).expiresAt ?? '';
  expect(draftOf({ ...KEY, expiresAt: at }).expires).toBe('2027-01-02T03:04');
});

test('only what was changed is sent', () => {
  const draft = draftOf(KEY);
  expect(changesOf(KEY, draft)).toEqual({});
  expect(changesOf(KEY, { ...draft, addresses: '', name: 'shop 2' })).toEqual({
    name: 'shop 2',
    allowedIps: null,
  });
});

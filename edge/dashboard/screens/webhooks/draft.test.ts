import { expect, test } from 'vitest';
import { bodyOf, NEW, withType } from './draft.ts';

test('what is left alone is the API’s default', () => {
  expect(bodyOf({ ...NEW, url: 'https://example.com' })).toEqual({
    url: 'https://example.com',
    description: null,
    eventTypes: ['*'],
    sessionIds: null,
    headers: {},
    retryDelays: 'standard',
    fifo: false,
    includeCodes: false,
  });
});

test('headers stand one a line, and a value may have colons', () => {
  const headers = 'Authorization: Bearer a:b\n\n X-Shop :  7 \nBroken';
  expect(bodyOf({ ...NEW, headers }).headers).toEqual({
    Authorization: 'Bearer a:b',
    'X-Shop': '7',
    Broken: '',
  });
});

test('own retries are seconds', () => {
  const retries = 'own' as const;
  expect(bodyOf({ ...NEW, retries, delays: '10, 60\n600' }).retryDelays).toEqual([10, 60, 600]);
  expect(bodyOf({ ...NEW, retries, delays: '' }).retryDelays).toEqual([]);
});

test.each([
  ['*', 'message.*', 'message.*'],
  ['message.*', 'session.*', 'message.*\nsession.*'],
  ['message.*\nsession.*', 'message.*', 'session.*\nmessage.*'],
  ['message.*', '*', '*'],
])('%j with %s', (events, type, after) => {
  expect(withType(events, type)).toBe(after);
});

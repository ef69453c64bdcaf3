import { expect, test } from 'vitest';
import { flag, nextOf, parseSearch, stringifySearch, word } from './search.ts';

test('a query keeps its words, also those that look like numbers', () => {
  expect(parseSearch('?token=123e4&status=sent')).toEqual({ token: '123e4', status: 'sent' });
  expect(stringifySearch({ token: '123e4', reset: true, none: undefined, empty: '' })).toBe(
    '?token=123e4&reset=true',
  );
  expect(stringifySearch({})).toBe('');
});

test.each(['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)'])(
  '%s is no place to continue at',
  (next) => {
    expect(nextOf({ next })).toEqual({});
  },
);

test('an address of the dashboard is', () => {
  expect(nextOf({ next: '/sessions/ses_1?tab=settings' })).toEqual({
    next: '/sessions/ses_1?tab=settings',
  });
});

test('what is not asked for is absent', () => {
  expect([word({}, 'a'), flag({ b: 'false' }, 'b'), flag({ b: true }, 'b')]).toEqual([
    {},
    {},
    { b: true },
  ]);
});

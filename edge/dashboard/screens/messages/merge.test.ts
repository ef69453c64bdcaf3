import { expect, test } from 'vitest';
import { mergeNewest } from './merge.ts';

const row = (id: string, status = 'queued') => ({ id, status });

test('rows keep their places and take over what is newer', () => {
  const shown = [row('c'), row('b'), row('a')];
  const newest = [row('e'), row('d'), row('c', 'read'), row('b')];
  expect(mergeNewest(shown, newest)).toEqual({
    rows: [row('c', 'read'), row('b'), row('a')],
    fresh: 2,
  });
});

test.each([
  ['nothing is new', [row('a')], [row('a')], 0],
  ['nothing was shown', [], [row('a'), row('b')], 2],
  ['more than a page is new', [row('a')], [row('c'), row('b')], 2],
])('when %s', (_, shown, newest, fresh) => {
  expect(mergeNewest(shown, newest).fresh).toBe(fresh);
});

import { describe, expect, test } from 'vitest';
import { AppError } from '../../shared/errors.ts';
import { newId } from '../../shared/ids.ts';
import { cutPage, writeCursor } from '../db/cursor.ts';
import { bindCursor, PageQuery } from './cursor.ts';
import { isDatabaseOutage } from '../db/database-errors.ts';
import { describeError } from '../log/describe-error.ts';
import { toAppError } from './error-handler.ts';
import { readWaitMs } from './prefer.ts';

describe('Prefer', () => {
  test.each([
    [undefined, 0],
    ['respond-async', 0],
    ['wait=5', 5_000],
    ['wait="5"', 5_000],
    ['respond-async, wait=10', 10_000],
    ['WAIT = 2', 2_000],
    ['handling=strict; wait=3', 3_000],
    ['wait=0', 0],
    ['wait=3600', 60_000],
  ])('%s waits %d ms', (prefer, waitMs) => {
    expect(readWaitMs(prefer)).toBe(waitMs);
  });

  test.each(['wait', 'wait=', 'wait=soon', 'wait=-1', 'wait=1.5'])('%s is refused', (prefer) => {
    expect(() => readWaitMs(prefer)).toThrow(AppError);
  });
});

const YEAR_33658 = writeCursor({ at: new Date(999_999_999_999_999), id: newId('message') });

describe('cursors', () => {
  test('come back as they went', () => {
    const cursor = { at: new Date(1_795_255_673_923), id: newId('message') };
    const list = '0123456789ab';
    expect(PageQuery.cursor.parse(bindCursor(writeCursor(cursor), list))).toEqual({
      ...cursor,
      list,
    });
  });

  test.each(['', 'abc', '%%%', btoa('1.msg_x'), btoa("1.msg_' or 1=1 --"), YEAR_33658])(
    '"%s" is refused',
    (text) => {
      for (const cursor of [text, `${text}.0123456789ab`])
        expect(PageQuery.cursor.safeParse(cursor)).toMatchObject({ success: false });
    },
  );

  test('there is a next page only when there is more', () => {
    const cursorOf = (n: number) => ({ at: new Date(n), id: newId('message') });
    expect(cutPage([3, 2, 1], 2, cursorOf).page).toEqual([3, 2]);
    expect(cutPage([3, 2, 1], 2, cursorOf).nextCursor).toEqual(expect.any(String));
    expect(cutPage([2, 1], 2, cursorOf)).toEqual({ page: [2, 1], nextCursor: null });
    expect(cutPage([], 2, cursorOf)).toEqual({ page: [], nextCursor: null });
  });
});

describe('errors', () => {
  const named = (name: string, message: string, options: ErrorOptions = {}) =>
    Object.assign(new Error(message, options), { name });

  test('an unknown one is INTERNAL with the table’s words', () => {
    expect(toAppError(new Error('password is hunter2'))).toMatchObject({
      code: 'INTERNAL',
      message: 'Something failed on our side. Quote the request id if you report it.',
    });
    expect(toAppError('a string')).toMatchObject({ code: 'INTERNAL' });
  });

  test('a database that is out of reach is UNAVAILABLE', () => {
    const down = named('NeonDbError', 'Error connecting to database: fetch failed');
    expect(isDatabaseOutage(named('DrizzleQueryError', 'Failed query', { cause: down }))).toBe(
      true,
    );
    expect(toAppError(down)).toMatchObject({ code: 'UNAVAILABLE' });
    expect(isDatabaseOutage(named('NeonDbError', 'duplicate key value'))).toBe(false);
  });

  test('the log gets the database’s answer, never the query’s parameters', () => {
    const cause = Object.assign(named('NeonDbError', 'duplicate key value'), { code: '23505' });
    const wrapped = named('DrizzleQueryError', 'Failed query: … params: secret text', { cause });
    const described = describeError(wrapped);
    expect(described).toMatchObject({ error: 'NeonDbError', code: '23505' });
    expect(JSON.stringify(described)).not.toContain('secret text');
    const bare = named('DrizzleQueryError', 'Failed query: … params: secret text');
    expect(JSON.stringify(describeError(bare))).not.toContain('secret text');
  });
});

import { expect, test } from 'vitest';
import { beginStatement, leavesNoState } from './sql-protocol.ts';

test.each([
  [{}, 'BEGIN'],
  [{ 'neon-batch-isolation-level': 'Serializable' }, 'BEGIN ISOLATION LEVEL SERIALIZABLE'],
  [{ 'neon-batch-isolation-level': "x'; DROP" }, 'BEGIN'],
  [{ 'neon-batch-read-only': 'true' }, 'BEGIN READ ONLY'],
  [{ 'neon-batch-read-only': 'false' }, 'BEGIN READ WRITE'],
  [
    {
      'neon-batch-isolation-level': 'RepeatableRead',
      'neon-batch-read-only': 'true',
      'neon-batch-deferrable': 'false',
    },
    'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY NOT DEFERRABLE',
  ],
])('%j begins with %s', (headers, expected) => {
  expect(beginStatement(headers)).toBe(expected);
});

test.each([
  ['SELECT', 'SELECT 1', true],
  ['UPDATE', 'UPDATE a SET b = 1', true],
  ['SET', 'SET search_path = x', false],
  ['BEGIN', 'BEGIN', false],
  ['LISTEN', 'LISTEN x', false],
  ['SELECT', "SELECT set_config('a.b', '1', false)", false],
  ['SELECT', 'SELECT pg_advisory_lock(1)', false],
  ['SELECT', 'SELECT pg_advisory_xact_lock(1)', true],
  ['CREATE', 'CREATE TEMP TABLE t (a int)', false],
  ['CREATE', 'CREATE TABLE t (a int)', true],
])('after %s (%s) the connection is reusable: %s', (command, sql, reusable) => {
  expect(leavesNoState(command, sql)).toBe(reusable);
});

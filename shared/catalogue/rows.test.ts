import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../protocol/runner-commands.ts';
import { LIVE_OPERATIONS } from './live-operations.ts';
import { SANDBOX_COMMANDS } from './sandbox-commands.ts';
import { SESSION_COMMANDS } from './session-commands.ts';
import { rowsOf } from './testing/rows-of.ts';

describe.each(rowsOf(COMMANDS))('the row %s', (_, row) => {
  it('has an example that its schemas take', () => {
    expect(row.input.safeParse(row.example.input)).toMatchObject({ success: true });
    expect(row.output.parse(row.example.output)).toEqual(row.example.output);
  });

  it('is done within the time that a caller waits', () => {
    expect(row.patienceMs).toBeGreaterThanOrEqual(1_000);
    expect(row.patienceMs).toBeLessThanOrEqual(60_000);
  });
});

it('each name is in one table only', () => {
  const names = [SESSION_COMMANDS, LIVE_OPERATIONS, SANDBOX_COMMANDS].flatMap(Object.keys);
  expect(Object.keys(COMMANDS).toSorted()).toEqual(names.toSorted());
});

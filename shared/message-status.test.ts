import { describe, expect, it } from 'vitest';
import { MESSAGE_STATUS_RANK, MESSAGE_STATUSES, statusOfAck } from './message-status.ts';

describe('the rank of a status', () => {
  it('is its place in the list, which is the only way that a message can go', () => {
    expect(MESSAGE_STATUSES.map((status) => MESSAGE_STATUS_RANK[status])).toEqual(
      MESSAGE_STATUSES.map((_status, index) => index),
    );
  });

  it('lets later proof settle what was not known, and what was taken for failed', () => {
    const { unknown, failed, sent } = MESSAGE_STATUS_RANK;
    expect(unknown).toBeLessThan(failed);
    expect(failed).toBeLessThan(sent);
  });
});

it.each([
  [-1, 'failed'],
  [0, undefined],
  [1, 'sent'],
  [2, 'delivered'],
  [3, 'read'],
  [4, 'played'],
  [5, undefined],
  [1.5, undefined],
] as const)('ack %d means %s', (ack, status) => {
  expect(statusOfAck(ack)).toBe(status);
});

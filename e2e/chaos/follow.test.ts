import { expect, it } from 'vitest';
import { until } from '../testing/until.ts';
import { type Connection, follow } from './follow.ts';

/** A connection that is at its end. */
const cut = (cursor: number, ...seqs: number[]): Connection => ({
  cursor,
  events: seqs.map((seq) => ({ id: `evt_${seq}`, seq })),
  closed: Promise.resolve(),
  close: () => undefined,
});

it('goes on after the last event that it has, on whatever connection that came', async () => {
  const asked: (number | null)[] = [];
  const answers = [cut(4), cut(4, 5, 6), new Error('the edge is away'), cut(6), cut(6, 7)];
  const open = Promise.withResolvers<void>();
  let closed = 0;
  const reader = await follow(async (after) => {
    asked.push(after);
    const answer = answers.shift() ?? {
      ...cut(7),
      closed: open.promise,
      close: () => (closed += 1),
    };
    if (answer instanceof Error) throw answer;
    return answer;
  });
  await until('the last connection', async () => (asked.length === 6 ? true : undefined));
  await reader.stop();
  expect(asked).toEqual([null, 4, 6, 6, 6, 7]);
  expect(reader.ids()).toEqual(['evt_5', 'evt_6', 'evt_7']);
  expect({ from: reader.from, last: reader.last(), resumed: reader.resumed(), closed }).toEqual({
    from: 4,
    last: 7,
    resumed: 4,
    closed: 1,
  });
});

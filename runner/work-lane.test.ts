import { expect, it } from 'vitest';
import { KeyedLanes, WorkLane } from './work-lane.ts';

it('runs work in order, one at a time, and a failure holds up nothing', async () => {
  const lane = new WorkLane();
  const done: string[] = [];
  const first = Promise.withResolvers<void>();
  const results = Promise.allSettled([
    lane.run(() => first.promise.then(() => void done.push('first'))),
    lane.run(() => Promise.reject(new Error('second'))),
    lane.run(async () => void done.push('third')),
  ]);
  expect(lane.empty).toBe(false);
  first.resolve();
  await lane.idle();
  expect(done).toEqual(['first', 'third']);
  expect((await results).map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'fulfilled',
  ]);
  expect(lane.empty).toBe(true);
});

it('keeps a lane for each key, for as long as it has work', async () => {
  const lanes = new KeyedLanes();
  const done: string[] = [];
  const slow = Promise.withResolvers<void>();
  const a = lanes.run('a', () => slow.promise.then(() => void done.push('a1')));
  const again = lanes.run('a', async () => void done.push('a2'));
  await lanes.run('b', async () => void done.push('b'));
  expect(done).toEqual(['b']);
  expect([lanes.has('a'), lanes.has('b')]).toEqual([true, false]);
  slow.resolve();
  await lanes.idle();
  expect(done).toEqual(['b', 'a1', 'a2']);
  await Promise.all([a, again]);
  expect(lanes.has('a')).toBe(false);
});

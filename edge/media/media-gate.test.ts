import { expect, test } from 'vitest';
import { type GateLimits, MediaGate } from './media-gate.ts';

const LIMITS = { atOnce: 3, perWorkspace: 2, waitingPerWorkspace: 2, waitMs: 0, longestMs: 60_000 };
const gate = (limits: Partial<GateLimits> = {}) => new MediaGate({ ...LIMITS, ...limits });

/** Work that takes its place and keeps it until it is let go. */
function occupy(of: MediaGate, workspaceId: string) {
  const { promise, resolve } = Promise.withResolvers<void>();
  const done = of.run(workspaceId, () => promise);
  return {
    leave: async (): Promise<void> => {
      resolve();
      await done;
    },
  };
}
const full = { code: 'UNAVAILABLE', details: { part: 'media' } };

test('one workspace has its share, and others still have room', async () => {
  const one = gate();
  occupy(one, 'a');
  const second = occupy(one, 'a');
  await expect(one.run('a', () => Promise.resolve())).rejects.toMatchObject(full);
  occupy(one, 'b');
  await expect(one.run('c', () => Promise.resolve())).rejects.toMatchObject(full);
  await second.leave();
  expect(await one.run('c', () => Promise.resolve('in'))).toBe('in');
});

test('a request without room waits for it', async () => {
  const one = gate({ waitMs: 10_000 });
  occupy(one, 'a');
  const second = occupy(one, 'a');
  const third = one.run('a', () => Promise.resolve('in'));
  await second.leave();
  expect(await third).toBe('in');
});

test('the place of a request that was given up is free after its time', async () => {
  const one = gate({ atOnce: 1, longestMs: -1 });
  occupy(one, 'a');
  expect(await one.run('a', () => Promise.resolve('in'))).toBe('in');
});

test('a workspace with nothing running goes before one that waited longer', async () => {
  const one = gate({ atOnce: 2, waitMs: 10_000 });
  const first = occupy(one, 'a');
  occupy(one, 'b');
  const order: string[] = [];
  const enter = (workspaceId: string) =>
    one.run(workspaceId, () => Promise.resolve(order.push(workspaceId)));
  const waiting = [enter('b'), enter('b'), enter('c')];
  await first.leave();
  await Promise.all(waiting);
  expect(order).toEqual(['c', 'b', 'b']);
});

test('a workspace has few that wait, and the next is refused at once', async () => {
  const one = gate({ atOnce: 1, waitMs: 10_000 });
  const first = occupy(one, 'a');
  const waiting = ['a', 'a', 'b'].map((id) => one.run(id, () => Promise.resolve()));
  await expect(one.run('a', () => Promise.resolve())).rejects.toMatchObject(full);
  await first.leave();
  await Promise.all(waiting);
});

test('a deadline that passes while it waits, or inside after a wait, is our fault', async () => {
  const one = gate({ atOnce: 1, waitMs: 10_000 });
  const first = occupy(one, 'a');
  const deadline = new AbortController();
  const work = () => {
    deadline.abort();
    return Promise.reject(new Error('the time is over'));
  };
  const inside = one.run('a', work, deadline.signal);
  const waiting = one.run('a', () => Promise.resolve(), AbortSignal.abort());
  await expect(waiting).rejects.toMatchObject(full);
  await Promise.all([first.leave(), expect(inside).rejects.toMatchObject(full)]);
});

test('a deadline that passes without a wait is the fault of the work', async () => {
  const late = new Error('the time is over');
  const work = () => Promise.reject(late);
  await expect(gate().run('a', work, AbortSignal.abort())).rejects.toBe(late);
});

import { expect, test } from 'vitest';
import { MediaGate } from './media-gate.ts';

const gate = (limits: Partial<ConstructorParameters<typeof MediaGate>[0]> = {}) =>
  new MediaGate({ atOnce: 3, perWorkspace: 2, waitMs: 0, longestMs: 60_000, ...limits });

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

test('who finds no room waits for it', async () => {
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

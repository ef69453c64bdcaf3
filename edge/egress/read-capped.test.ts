import { expect, it } from 'vitest';
import { readCapped } from './read-capped.ts';

const CHUNK = 64 * 1_024;

it('takes no more of 50 MB than the cap and what is on its way, and drops the rest', async () => {
  let given = 0;
  let isDropped = false;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      given += CHUNK;
      controller.enqueue(new Uint8Array(CHUNK));
      if (given >= 50 * 1_024 * 1_024) controller.close();
    },
    cancel() {
      isDropped = true;
    },
  });
  const read = await readCapped(new Response(body), CHUNK, AbortSignal.timeout(10_000));
  expect([read.truncated, read.body.byteLength, isDropped]).toEqual([true, CHUNK, true]);
  expect(given).toBeLessThanOrEqual(4 * CHUNK);
});

import { expect, it } from 'vitest';
import type { LibraryClient, LibraryPage } from '../library.ts';
import { pairingOnFreshPage } from './pairing-on-fresh-page.ts';

it('a page that does not come back holds nobody up: that there is no code is said in time', async () => {
  const reloads: number[] = [];
  const page = {
    reload: ({ timeout }: { timeout: number }) => {
      reloads.push(timeout);
      return new Promise(() => undefined);
    },
  } as unknown as LibraryPage;
  const client = {
    options: {},
    requestPairingCode: () => Promise.resolve('ABCD1234'),
  } as unknown as LibraryClient;
  const ask = { phone: '15550100001', everyMs: 1_000, deadlineMs: 80 };
  await expect(pairingOnFreshPage(client, page, ask)).rejects.toThrow('the pairing code');
  expect(reloads).toEqual([60, 20]);
});

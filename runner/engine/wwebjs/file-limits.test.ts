import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { downloadMedia, INBOUND_FILE_LIMIT } from './inbound-media.ts';
import type { LibraryPage } from './library.ts';
import { sendMessage } from './outbound.ts';
import { OUTBOUND_FILE_LIMIT } from './outbound-file.ts';
import { OUTBOUND_TIMES } from './times.ts';
import { newWireId } from './testing/sandbox-link.ts';

const dir = mkdtempSync(join(tmpdir(), 'waypost-limits-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Whoever touches the page fails: a file that is too large must not come near it, where it takes four times its size. */
const untouchable = new Proxy(
  {},
  {
    get: () => {
      throw new Error('the page was touched');
    },
  },
);
const page = untouchable as LibraryPage;

it('a file that is too large is not fetched', async () => {
  const media = { wireKey: 'false_1@c.us_A', sizeBytes: INBOUND_FILE_LIMIT + 1 };
  expect(await downloadMedia(page, dir, media)).toEqual({ error: 'the file is too large' });
  await expect(
    downloadMedia(page, dir, { ...media, sizeBytes: INBOUND_FILE_LIMIT }),
  ).rejects.toThrow('the page was touched');
});

it('a file that is too large is not sent', async () => {
  const filePath = join(dir, 'large');
  writeFileSync(filePath, '');
  const send = (bytes: number) => {
    truncateSync(filePath, bytes);
    const outbound = { page, times: OUTBOUND_TIMES, refusalOf: async () => null };
    return sendMessage(outbound, {
      wireId: newWireId(),
      chatId: '15550100001@c.us',
      filePath,
      content: { type: 'image', mediaId: 'med_1', mimetype: 'image/png' },
    });
  };
  expect(await send(OUTBOUND_FILE_LIMIT + 1)).toMatchObject({
    outcome: 'failed',
    code: 'MEDIA_REJECTED',
  });
  expect(await send(1)).toMatchObject({ code: 'UNAVAILABLE' });
});

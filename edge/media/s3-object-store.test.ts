import { beforeAll, expect, test } from 'vitest';
import { createHarness, type Harness } from '../testing/harness.ts';
import { createS3ObjectStore } from './s3-object-store.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

test('an upload to storage that does not answer ends at its deadline', async () => {
  const storage = await harness.tap(harness.env.S3_ENDPOINT, { holdMs: 60_000 });
  const store = createS3ObjectStore({ ...harness.env, S3_ENDPOINT: storage.url });
  const deadline = new AbortController();
  const object = store.openPut('wks_1/media/med_1', 3, 'image/png', deadline.signal);
  await object.write(Uint8Array.of(1, 2, 3));
  const closed = object.close();
  deadline.abort();
  await expect(closed).rejects.toMatchObject({ code: 'UNAVAILABLE', details: { part: 'objects' } });
  await object.abort();
});

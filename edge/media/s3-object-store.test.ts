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

test('callers upload at the address where they reach the storage, which is signed', async () => {
  const S3_PUBLIC_ENDPOINT = 'https://storage.example.com';
  const [own, other] = [{ ...harness.env, S3_PUBLIC_ENDPOINT }, harness.env].map((env) =>
    createS3ObjectStore(env),
  );
  const urls = await Promise.all(
    [own, other].map(async (store) => new URL((await store?.presignUpload('k', 3, 60)) ?? '')),
  );
  expect(urls.map(({ origin }) => origin)).toEqual([
    S3_PUBLIC_ENDPOINT,
    new URL(harness.env.S3_ENDPOINT).origin,
  ]);
  const [signature, another] = urls.map(({ searchParams }) => searchParams.get('X-Amz-Signature'));
  expect(signature).not.toBe(another);
});

import { eq } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import { newId } from '../../../shared/ids.ts';
import type { ObjectStore } from '../../media/object-store.ts';
import { createHarness, type Harness } from '../../testing/harness.ts';
import { reconcileMedia } from './reconcile-media.ts';

const HOUR_MS = 3_600_000;

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

async function newObject(key: string): Promise<string> {
  const writer = harness
    .services()
    .objects.openPut(key, 1, 'text/plain', AbortSignal.timeout(10_000));
  await writer.write(Uint8Array.of(1));
  await writer.close();
  return key;
}

const newRow = async (objectKey: string, workspaceId: string, createdAt: Date) => {
  const [, , id = ''] = objectKey.split('/');
  const file = { mimetype: 'text/plain', sizeBytes: 1, sha256: '0' };
  await harness.db
    .insert(harness.schema.media)
    .values({ id, workspaceId, objectKey, createdAt, ...file });
};

/**
 * Runs until the comparison starts over. Other test files share the storage, so only the objects of this one are listed, two a page.
 * @param inMs how long after now it runs
 */
async function reconcile({ objects, inMs }: { objects: ObjectStore; inMs: number }) {
  const { services, db, schema } = harness;
  const lines: unknown[] = [];
  for (let runs = 0; runs < 10; runs += 1) {
    const log = (line: unknown) => void lines.push(line);
    await reconcileMedia({ db, objects, log, now: () => services().now() + inMs });
    const [state] = await db.select().from(schema.mediaReconciliation);
    if (state?.after === '') return lines;
  }
  throw new Error('it never starts over');
}

function storeOf(prefixes: readonly string[]): ObjectStore {
  const store = harness.services().objects;
  const list: ObjectStore['list'] = async (after, limit) => {
    const listed = [];
    for (const prefix of prefixes.toSorted()) {
      const { objects } = await store.list(after > prefix ? after : prefix, limit);
      listed.push(...objects.filter(({ key }) => key.startsWith(prefix)));
    }
    return { objects: listed.slice(0, 2), isTruncated: listed.length > 2 };
  };
  return { ...store, list };
}

test('what one of storage and database does not know goes, once it is an hour old', async () => {
  const { workspaceId } = await harness.newWorkspace();
  const gone = newId('workspace');
  const keyIn = (workspace: string) => `${workspace}/media/${newId('media')}`;
  const old = new Date(Date.now() - HOUR_MS - 60_000);
  const whole = await newObject(keyIn(workspaceId));
  await newRow(whole, workspaceId, old);
  const unnamed = await newObject(keyIn(workspaceId));
  const unknownUpload = await newObject(`${workspaceId}/uploads/${newId('media')}`);
  const ofNobody = await newObject(keyIn(gone));
  const credentials = await newObject(`${workspaceId}/credentials/ses_1/1`);
  const missing = keyIn(workspaceId);
  await newRow(missing, workspaceId, old);
  const onItsWay = keyIn(workspaceId);
  await newRow(onItsWay, workspaceId, new Date());
  const objects = storeOf([workspaceId, gone]);

  const expired = async () => {
    const { media } = harness.schema;
    const rows = await harness.db.select().from(media).where(eq(media.workspaceId, workspaceId));
    return rows.filter(({ expiresAt }) => expiresAt !== null).map(({ objectKey }) => objectKey);
  };
  const stored = async (...keys: string[]) => {
    const found = await Promise.all(
      keys.map(async (key) => {
        const body = await objects.read(key);
        await body?.cancel();
        return body !== null;
      }),
    );
    return keys.filter((_, index) => found[index]);
  };

  expect(await reconcile({ objects, inMs: 0 })).toEqual([
    { event: 'media_reconciled', deleted: 0, missing: 1 },
  ]);
  const all = [whole, unnamed, unknownUpload, ofNobody, credentials];
  expect(await stored(...all)).toEqual(all);
  expect(await expired()).toEqual([missing]);

  const lines = await reconcile({ objects, inMs: HOUR_MS + 60_000 });
  expect(lines).toEqual(
    expect.arrayContaining([expect.objectContaining({ event: 'media_reconciled', missing: 0 })]),
  );
  expect(await stored(...all)).toEqual([whole, credentials]);
  expect(await expired()).toEqual([missing]);
  expect(await reconcile({ objects, inMs: HOUR_MS + 60_000 })).toEqual([]);
});

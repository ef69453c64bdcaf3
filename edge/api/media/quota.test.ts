import { Buffer } from 'node:buffer';
import { eq } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import { newId } from '../../../shared/ids.ts';
import { createHarness, type Harness, idOf } from '../../testing/harness.ts';

const GB = 1024 ** 3;
const FULL = {
  error: {
    code: 'LIMIT_EXCEEDED',
    message: expect.stringContaining('delete some'),
    details: { reason: 'media_quota' },
  },
};

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

async function setUp() {
  const { workspaceId, apiKey: key } = await harness.newWorkspace({ tier: 'basic' });
  const { owner } = harness.newRunner();
  await harness.newSession({ workspaceId, owner, isDefault: true });
  const { media, messages } = harness.schema;
  return {
    workspaceId,
    key,
    newFile: async (sizeBytes: number, direction: 'inbound' | 'outbound') => {
      const id = newId('media');
      const objectKey = `${workspaceId}/media/${id}`;
      const file = { mimetype: 'application/pdf', sizeBytes, sha256: '0' };
      await harness.db.insert(media).values({ id, workspaceId, direction, objectKey, ...file });
      return id;
    },
    upload: (body = 'hello') => harness.call('POST', '/v1/media', { key, body }),
    send: (file: Record<string, string>) =>
      harness.call('POST', '/v1/messages/document', { key, body: { to: '+15550100001', ...file } }),
    sendForm: () => {
      const parts = [
        ['name="to"', '+15550100001'],
        ['name="file"; filename="a.txt"', 'hello'],
      ];
      const body = parts.map(
        ([name, value]) => `--b\r\nContent-Disposition: form-data; ${name}\r\n\r\n${value}\r\n`,
      );
      return harness.call('POST', '/v1/messages/document', {
        key,
        body: `${body.join('')}--b--\r\n`,
        headers: { 'content-type': 'multipart/form-data; boundary=b' },
      });
    },
    workspace: async () => (await harness.call('GET', '/v1/workspace', { key })).data,
    files: () => harness.db.$count(media, eq(media.workspaceId, workspaceId)),
    queued: () => harness.db.$count(messages, eq(messages.workspaceId, workspaceId)),
  };
}

const base64 = Buffer.from('hello').toString('base64');

test('a workspace whose files take up its tier’s space takes no more, until one is deleted', async () => {
  const own = await setUp();
  const large = await own.newFile(GB - 5, 'outbound');
  await own.newFile(50 * GB, 'inbound');
  expect(await own.workspace()).toMatchObject({ maxMediaBytes: GB, mediaBytesUsed: GB - 5 });
  const last = await own.upload();
  expect(last).toMatchObject({ status: 201 });
  expect(await own.upload('x')).toMatchObject({ status: 403, ...FULL });
  expect(await own.send({ base64, filename: 'a.txt' })).toMatchObject({ status: 403, ...FULL });
  expect(await own.sendForm()).toMatchObject({ status: 403, ...FULL });
  expect([await own.files(), await own.queued()]).toEqual([3, 0]);
  expect(await own.send({ mediaId: idOf(last) })).toMatchObject({ status: 202 });

  await harness.call('DELETE', `/v1/media/${large}`, { key: own.key });
  expect(await own.upload('x')).toMatchObject({ status: 201 });
  expect(await own.send({ base64, filename: 'a.txt' })).toMatchObject({ status: 202 });
  expect(await own.sendForm()).toMatchObject({ status: 202 });
  expect(await own.workspace()).toMatchObject({ mediaBytesUsed: 5 + 1 + 5 + 5 });
});

test('a higher tier has more', async () => {
  const own = await setUp();
  await own.newFile(GB, 'outbound');
  expect(await own.upload()).toMatchObject(FULL);
  const { workspaces } = harness.schema;
  await harness.db
    .update(workspaces)
    .set({ tier: 'pro' })
    .where(eq(workspaces.id, own.workspaceId));
  expect(await own.upload()).toMatchObject({ status: 201 });
  expect(await own.workspace()).toMatchObject({ maxMediaBytes: 10 * GB });
});

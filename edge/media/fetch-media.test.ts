import { expect, test } from 'vitest';
import { MESSAGE_KINDS } from '../../shared/catalogue/message-kinds.ts';
import { newId } from '../../shared/ids.ts';
import { createHarness } from '../testing/harness.ts';
import { fetchMedia } from './fetch-media.ts';

const harness = await createHarness();

test('a file that drips in is given up at the deadline, and holds no place', async () => {
  const { egress, objects, mediaGates } = harness.services();
  const workspaceId = newId('workspace');
  const store = async (path: string, timeoutMs: number) => {
    const objectKey = `${workspaceId}/media/${newId('media')}`;
    const hasty = {
      ...egress,
      open: (request: Parameters<typeof egress.open>[0]) => egress.open({ ...request, timeoutMs }),
    };
    const wanted = { url: `${harness.filesUrl}${path}`, rule: MESSAGE_KINDS.image.media };
    const place = { filename: null, workspaceId, objectKey };
    const stored = fetchMedia({ egress: hasty, objects, mediaGates }, { ...wanted, ...place });
    return { stored, objectKey };
  };
  // One more than a workspace may have on their way at once.
  for (let dripping = 0; dripping < 5; dripping += 1) {
    const { stored, objectKey } = await store('/drip', 300);
    await expect(stored).rejects.toMatchObject({
      code: 'MEDIA_REJECTED',
      details: { reason: 'unreachable' },
    });
    expect(await objects.read(objectKey)).toBeNull();
  }
  expect(await (await store('/pixel.png', 20_000)).stored).toMatchObject({ sizeBytes: 70 });
});

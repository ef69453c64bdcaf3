import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { isId } from '../../../shared/ids.ts';
import type { MediaSlotRequest } from '../../../shared/protocol/runner-reports.ts';
import { type OwnershipWorld, ownershipWorld } from '../ownership/testing/world.ts';
import { openMediaSlot } from './media-slot.ts';

let world: OwnershipWorld;
beforeAll(async () => {
  world = await ownershipWorld();
});

const ownedSession = (): Promise<string> =>
  world.session({ runnerId: 'a', bootId: 'a-boot-1', epoch: 4, leaseIn: 30 });
const open = (sessionId: string, given: Partial<MediaSlotRequest> = {}) =>
  openMediaSlot({
    services: world.services,
    input: {
      sessionId,
      epoch: 4,
      wireId: '3EB0AA',
      mimetype: 'image/jpeg',
      filename: null,
      sizeBytes: 1_234,
      sha256: 'ab'.repeat(32),
      ...given,
    },
  });
const rowsOf = (sessionId: string) =>
  world.db.select().from(world.schema.media).where(eq(world.schema.media.sessionId, sessionId));

describe('a media slot', () => {
  it('is a row in the session’s workspace and a URL that takes the bytes', async () => {
    const sessionId = await ownedSession();
    const { mediaId, putUrl } = await open(sessionId, { filename: 'cat.jpg' });
    expect(isId('media', mediaId)).toBe(true);
    expect(await rowsOf(sessionId)).toMatchObject([
      {
        id: mediaId,
        workspaceId: world.workspaceId,
        objectKey: `${world.workspaceId}/media/${mediaId}`,
        mimetype: 'image/jpeg',
        filename: 'cat.jpg',
        sizeBytes: 1_234,
      },
    ]);
    const url = new URL(putUrl);
    expect(url.pathname).toContain(`/${world.workspaceId}/media/${mediaId}`);
    expect(url.searchParams.get('X-Amz-SignedHeaders')).toContain('content-length');
  });

  it('is there for a file whose name the database cannot hold', async () => {
    const sessionId = await ownedSession();
    await open(sessionId, { filename: 'a\0b.pdf', mimetype: 'application/pdf\0' });
    expect(await rowsOf(sessionId)).toMatchObject([
      { filename: 'ab.pdf', mimetype: 'application/pdf' },
    ]);
  });

  it('is the same one when it is asked for again', async () => {
    const sessionId = await ownedSession();
    const slots = await Promise.all([open(sessionId), open(sessionId), open(sessionId)]);
    expect(new Set(slots.map(({ mediaId }) => mediaId)).size).toBe(1);
    expect(await rowsOf(sessionId)).toHaveLength(1);
  });

  it('is another one for other bytes, another message or another session', async () => {
    const [sessionId, other] = [await ownedSession(), await ownedSession()];
    const slots = await Promise.all([
      open(sessionId),
      open(sessionId, { sha256: 'cd'.repeat(32) }),
      open(sessionId, { wireId: '3EB0BB' }),
      open(other),
    ]);
    expect(new Set(slots.map(({ mediaId }) => mediaId)).size).toBe(4);
  });

  it('is given to an owner that was, since what it received is a fact', async () => {
    const sessionId = await ownedSession();
    expect(await open(sessionId, { epoch: 3 })).toHaveProperty('mediaId');
  });

  it.each([
    { name: 'an epoch yet to come', epoch: 5 },
    { name: 'no epoch at all', epoch: 0 },
  ])('is refused to $name', async ({ epoch }) => {
    const sessionId = await ownedSession();
    await expect(open(sessionId, { epoch })).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await rowsOf(sessionId)).toEqual([]);
  });

  it('is refused for a session that is gone', async () => {
    await expect(open('ses_none')).rejects.toMatchObject({ code: 'CONFLICT' });
  });
});

import { eq, sql } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ClaimResponse } from '../../../shared/protocol/outbound-message.ts';
import { ingestReports } from '../reports/ingest-reports.ts';
import { settled } from '../reports/testing/report-fixtures.ts';
import { type OwnershipWorld, ownershipWorld } from '../ownership/testing/world.ts';
import { claimMessages } from './claim.ts';

let world: OwnershipWorld;
beforeAll(async () => {
  world = await ownershipWorld();
});

const EPOCH = 4;
const ownedSession = (): Promise<string> =>
  world.session({ runnerId: 'a', bootId: 'a-boot-1', epoch: EPOCH, leaseIn: 30 });
const claim = (sessionId: string, { epoch = EPOCH, limit = 20 } = {}): Promise<ClaimResponse> =>
  claimMessages({ services: world.services, input: { sessionId, epoch, limit } });
const seqs = ({ messages }: ClaimResponse): number[] => messages.map(({ queueSeq }) => queueSeq);
const message = async (id: string) => {
  const [row] = await world.db
    .select()
    .from(world.schema.messages)
    .where(eq(world.schema.messages.id, id));
  return row;
};

describe('a claim', () => {
  it('hands out queued messages in order of the queue, up to the limit, and marks them', async () => {
    const sessionId = await ownedSession();
    const third = await world.queueMessage({ sessionId, queueSeq: 3 });
    const first = await world.queueMessage({ sessionId, queueSeq: 1, quotedWireId: '3EB0FF' });
    await world.queueMessage({ sessionId, queueSeq: 2, status: 'sent' });
    await world.queueMessage({ sessionId, queueSeq: 9 });

    const { messages, highestQueueSeq } = await claim(sessionId, { limit: 2 });

    expect(messages).toMatchObject([
      {
        messageId: first,
        queueSeq: 1,
        chatId: '15550100001@c.us',
        content: { type: 'text', text: 'number 1', linkPreview: true },
        quotedWireId: '3EB0FF',
      },
      { messageId: third, queueSeq: 3 },
    ]);
    expect(highestQueueSeq).toBe(9);
    expect(messages[1]).not.toHaveProperty('quotedWireId');
    expect(await message(first)).toMatchObject({
      status: 'sending',
      statusRank: 1,
      claimEpoch: EPOCH,
      expiresAt: new Date(messages[0]?.expiresAt ?? 0),
    });
  });

  it('of an empty queue is empty', async () => {
    expect(await claim(await ownedSession())).toEqual({
      messages: [],
      highestQueueSeq: 0,
      heldBack: false,
    });
  });

  it('goes on where the last one stopped', async () => {
    const sessionId = await ownedSession();
    for (const queueSeq of [1, 2, 3]) await world.queueMessage({ sessionId, queueSeq });
    expect(seqs(await claim(sessionId, { limit: 2 }))).toEqual([1, 2]);
    expect(seqs(await claim(sessionId, { limit: 2 }))).toEqual([3]);
  });

  it('keeps the order around messages that were put back, and says how often they were tried', async () => {
    const sessionId = await ownedSession();
    const ids: string[] = [];
    for (const queueSeq of [1, 2, 3, 4])
      ids.push(await world.queueMessage({ sessionId, queueSeq }));
    expect(seqs(await claim(sessionId, { limit: 3 }))).toEqual([1, 2, 3]);
    const back = (messageId: string | undefined, spoolSeq: number, attempts?: number) => ({
      bootId: 'a-boot-1',
      spoolSeq,
      sessionId,
      epoch: EPOCH,
      occurredAt: Date.now(),
      report: settled(messageId ?? '', {
        outcome: 'not_begun',
        ...(attempts !== undefined && { attempts }),
      }),
    });
    const reports = [back(ids[1], 1, 2), back(ids[2], 2)];
    await ingestReports({ services: world.services, runnerId: 'a', reports });
    await ingestReports({ services: world.services, runnerId: 'a', reports });
    await world.queueMessage({ sessionId, queueSeq: 5 });
    const { messages } = await claim(sessionId);
    expect(messages.map(({ queueSeq, attempts }) => [queueSeq, attempts])).toEqual([
      [2, 2],
      [3, 0],
      [4, 0],
      [5, 0],
    ]);
  });

  it('hands out a message past its time, with that time, for the runner to settle', async () => {
    const sessionId = await ownedSession();
    await world.queueMessage({ sessionId, queueSeq: 1, expiresInSeconds: -60 });
    const { messages } = await claim(sessionId);
    expect(messages[0]?.expiresAt).toBeLessThan(Date.now());
  });

  it('says which number a message is to leave from', async () => {
    const sessionId = await ownedSession();
    const id = await world.queueMessage({ sessionId, queueSeq: 1 });
    const { messages } = world.schema;
    await world.db.update(messages).set({ senderNumber: '1555' }).where(eq(messages.id, id));
    expect((await claim(sessionId)).messages).toMatchObject([{ senderNumber: '1555' }]);
  });

  it('gives a URL for a message’s media', async () => {
    const sessionId = await ownedSession();
    const mediaId = `med_${crypto.randomUUID()}`;
    await world.db.insert(world.schema.media).values({
      id: mediaId,
      workspaceId: world.workspaceId,
      sessionId,
      objectKey: `${world.workspaceId}/media/${mediaId}`,
      mimetype: 'image/png',
      sizeBytes: 3,
      sha256: '0'.repeat(64),
    });
    await world.queueMessage({ sessionId, queueSeq: 1, mediaId });
    const { messages } = await claim(sessionId);
    const url = new URL(messages[0]?.mediaUrl ?? '');
    expect(url.pathname).toContain(`/${world.workspaceId}/media/${mediaId}`);
    expect(url.searchParams.get('X-Amz-Signature')).toMatch(/^[0-9a-f]{64}$/);
  });

  it('stops before what an earlier owner left unsettled, and goes on once it is settled', async () => {
    const sessionId = await ownedSession();
    await world.queueMessage({ sessionId, queueSeq: 1 });
    const unsettled = await world.queueMessage({
      sessionId,
      queueSeq: 2,
      status: 'sending',
      claimEpoch: EPOCH - 1,
    });
    await world.queueMessage({ sessionId, queueSeq: 3 });
    expect(seqs(await claim(sessionId))).toEqual([1]);
    expect(seqs(await claim(sessionId))).toEqual([]);

    await world.db
      .update(world.schema.messages)
      .set({ status: 'unknown', statusRank: 2 })
      .where(eq(world.schema.messages.id, unsettled));
    expect(seqs(await claim(sessionId))).toEqual([3]);
  });

  it('hands out nothing of a session that is wanted stopped', async () => {
    const sessionId = await ownedSession();
    await world.queueMessage({ sessionId, queueSeq: 1 });
    await world.db
      .update(world.schema.sessionLeases)
      .set({ desired: 'stopped' })
      .where(eq(world.schema.sessionLeases.sessionId, sessionId));
    expect(await claim(sessionId)).toEqual({
      messages: [],
      highestQueueSeq: 1,
      heldBack: false,
    });
  });

  it('hands out nothing while the workspace is suspended, and goes on when it is back', async () => {
    const sessionId = await ownedSession();
    await world.queueMessage({ sessionId, queueSeq: 1 });
    const { workspaces } = world.schema;
    const setActive = (isActive: boolean) =>
      world.db.update(workspaces).set({ isActive }).where(eq(workspaces.id, world.workspaceId));
    await setActive(false);
    const during = await claim(sessionId);
    await setActive(true);
    expect(during).toEqual({ messages: [], highestQueueSeq: 1, heldBack: true });
    expect(seqs(await claim(sessionId))).toEqual([1]);
  });

  it('reaches into no other session', async () => {
    const [mine, other] = [await ownedSession(), await ownedSession()];
    await world.queueMessage({ sessionId: other, queueSeq: 1 });
    expect(seqs(await claim(mine))).toEqual([]);
  });
});

describe('a claim is refused', () => {
  it.each([
    { name: 'under an epoch that has passed', epoch: EPOCH - 1, lease: {} },
    { name: 'under an epoch yet to come', epoch: EPOCH + 1, lease: {} },
    { name: 'when the lease ran out', epoch: EPOCH, lease: { leaseIn: -1 } },
    { name: 'when nobody took it up', epoch: EPOCH, lease: { bootId: null } },
  ])('$name', async ({ epoch, lease }) => {
    const sessionId = await world.session({
      runnerId: 'a',
      bootId: 'a-boot-1',
      epoch: EPOCH,
      leaseIn: 30,
      ...lease,
    });
    const id = await world.queueMessage({ sessionId, queueSeq: 1 });
    await expect(claim(sessionId, { epoch })).rejects.toMatchObject({
      code: 'CONFLICT',
      details: { reason: 'stale_epoch' },
    });
    expect(await message(id)).toMatchObject({ status: 'queued', claimEpoch: null });
  });

  it('for a session that is not there', async () => {
    await expect(claim('ses_none')).rejects.toMatchObject({ code: 'CONFLICT' });
  });
});

describe('claims at once', () => {
  it('hand out each message once', async () => {
    const sessionId = await ownedSession();
    const all = Array.from({ length: 30 }, (_, index) => index + 1);
    for (const queueSeq of all) await world.queueMessage({ sessionId, queueSeq });
    const answers = await Promise.all(all.map(() => claim(sessionId, { limit: 3 })));
    const handedOut = answers.flatMap(seqs);
    expect(handedOut.toSorted((a, b) => a - b)).toEqual(all);
    for (const answer of answers)
      expect(seqs(answer)).toEqual(seqs(answer).toSorted((a, b) => a - b));
  });

  it('and one that is under way: the other waits for it and gets what is left', async () => {
    const sessionId = await ownedSession();
    for (const queueSeq of [1, 2, 3]) await world.queueMessage({ sessionId, queueSeq });
    const underWay = world.db.batch([
      world.db.execute(sql`update messages set status = 'sending', claim_epoch = ${EPOCH}::int
        where session_id = ${sessionId} and queue_seq <= 2`),
      world.db.execute(sql`select pg_sleep(1)`),
    ]);
    await world.untilLocked(sql`messages where session_id = ${sessionId} and queue_seq = 1`);
    expect(seqs(await claim(sessionId))).toEqual([3]);
    await underWay;
  });

  it('and a takeover that is under way: the claim waits for it and is refused', async () => {
    const sessionId = await ownedSession();
    const id = await world.queueMessage({ sessionId, queueSeq: 1 });
    const takeover = world.db.batch([
      world.db.execute(
        sql`update session_leases set epoch = epoch + 1 where session_id = ${sessionId}`,
      ),
      world.db.execute(sql`select pg_sleep(1)`),
    ]);
    await world.untilLocked(sql`session_leases where session_id = ${sessionId}`);
    await expect(claim(sessionId)).rejects.toMatchObject({ code: 'CONFLICT' });
    await takeover;
    expect(await message(id)).toMatchObject({ status: 'queued', claimEpoch: null });
  });
});

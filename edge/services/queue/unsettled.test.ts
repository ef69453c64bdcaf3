import { beforeAll, describe, expect, it } from 'vitest';
import { type OwnershipWorld, ownershipWorld } from '../ownership/testing/world.ts';
import { listUnsettled } from './unsettled.ts';

let world: OwnershipWorld;
beforeAll(async () => {
  world = await ownershipWorld();
});

const ownedSession = (): Promise<string> =>
  world.session({ runnerId: 'a', bootId: 'a-boot-1', epoch: 4, leaseIn: 30 });
const ask = (sessionId: string, epoch = 4) =>
  listUnsettled({ services: world.services, input: { sessionId, epoch } });

describe('unsettled messages', () => {
  it('are those claimed and not settled, of earlier epochs and of this one, in order', async () => {
    const sessionId = await ownedSession();
    const own = await world.queueMessage({
      sessionId,
      queueSeq: 5,
      status: 'sending',
      claimEpoch: 4,
    });
    const older = await world.queueMessage({
      sessionId,
      queueSeq: 2,
      status: 'sending',
      claimEpoch: 2,
    });
    await world.queueMessage({ sessionId, queueSeq: 1, status: 'sent', claimEpoch: 2 });
    await world.queueMessage({ sessionId, queueSeq: 6 });
    const chatId = '15550100001@c.us';
    expect(await ask(sessionId)).toEqual({
      messages: [
        { messageId: older, queueSeq: 2, chatId, claimEpoch: 2 },
        { messageId: own, queueSeq: 5, chatId, claimEpoch: 4 },
      ],
    });
  });

  it('are none when all is settled', async () => {
    expect(await ask(await ownedSession())).toEqual({ messages: [] });
  });

  it('are not told to an epoch that has passed', async () => {
    await expect(ask(await ownedSession(), 3)).rejects.toMatchObject({
      code: 'CONFLICT',
      details: { reason: 'stale_epoch' },
    });
  });
});

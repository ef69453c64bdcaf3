import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { type OwnershipWorld, ownershipWorld } from '../ownership/testing/world.ts';
import { claimMessages } from './claim.ts';
import { promoteDueMessages } from './promote-due.ts';

let world: OwnershipWorld;
beforeEach(async () => {
  world = await ownershipWorld();
});

const EPOCH = 4;
const ownedSession = () =>
  world.session({ runnerId: 'a', bootId: 'a-boot-1', epoch: EPOCH, leaseIn: 30 });
const later = (sessionId: string, sendInSeconds: number) =>
  world.queueMessage({ sessionId, queueSeq: null, sendInSeconds });
const claim = async (sessionId: string): Promise<string[]> => {
  const input = { sessionId, epoch: EPOCH, limit: 20 };
  const { messages } = await claimMessages({ services: world.services, input });
  return messages.map(({ messageId }) => messageId);
};

describe('a message for later', () => {
  it('is passed over by claims until it is due; then the heartbeat tells of it, in the order of times', async () => {
    const sessionId = await ownedSession();
    const first = await world.queueMessage({ sessionId, queueSeq: 1 });
    const dueLast = await later(sessionId, -1);
    const dueFirst = await later(sessionId, -60);
    await later(sessionId, 3_600);
    const second = await world.queueMessage({ sessionId, queueSeq: 2 });
    expect(await claim(sessionId)).toEqual([first, second]);

    const { renewed } = await world.beat('a', { sessions: [[sessionId, EPOCH]] });
    expect(renewed).toMatchObject([{ sessionId, highestQueueSeq: 4 }]);
    const third = await world.queueMessage({ sessionId, queueSeq: 5 });
    expect(await claim(sessionId)).toEqual([dueFirst, dueLast, third]);
    const again = await world.beat('a', { sessions: [[sessionId, EPOCH]] });
    expect(again.renewed).toMatchObject([{ highestQueueSeq: 5 }]);
  });

  it('of a session that the runner does not hold is left alone by it, and gets its place by the job', async () => {
    const sessionId = await world.session();
    await later(sessionId, -1);
    await world.beat('b', { draining: true });
    const reaching = async () =>
      (
        await world.db.execute(
          sql`select queue_seq::int as at from sessions where id = ${sessionId}`,
        )
      ).rows;
    expect(await reaching()).toEqual([{ at: 0 }]);
    await promoteDueMessages(world.services);
    expect(await reaching()).toEqual([{ at: 1 }]);
  });

  it('gets one place however many promote at once, while others send', async () => {
    const [one, two] = [await ownedSession(), await ownedSession()];
    for (let index = 0; index < 10; index += 1) {
      await later(one, -index);
      await later(two, -index);
    }
    await Promise.all([
      ...Array.from({ length: 6 }, () => promoteDueMessages(world.services)),
      ...Array.from({ length: 4 }, () =>
        world.beat('a', {
          sessions: [
            [one, EPOCH],
            [two, EPOCH],
          ],
        }),
      ),
    ]);
    await promoteDueMessages(world.services);
    const { rows } = await world.db.execute(sql`
      select session_id, array_agg(queue_seq::int order by send_at) as places from messages group by session_id`);
    const places = Array.from({ length: 10 }, (_, index) => index + 1);
    expect(rows.map((row) => row['places'])).toEqual([places, places]);
  });
});

import { beforeEach, describe, expect, it } from 'vitest';
import { SESSION_STATUSES, type SessionStatus } from '../../../shared/session-status.ts';
import { type OwnershipWorld, ownershipWorld } from './testing/world.ts';

let world: OwnershipWorld;
beforeEach(async () => {
  world = await ownershipWorld();
});

const BOOT = 'a-boot-1';
const owned = { runnerId: 'a', bootId: BOOT, epoch: 4, leaseIn: 10 };
describe('a heartbeat brings orphans', () => {
  it('one that nobody ever had', async () => {
    const id = await world.session();
    expect((await world.beat('b')).assigned).toMatchObject([{ sessionId: id, epoch: 1 }]);
    expect(await world.history(id)).toMatchObject([{ cause: 'adopted' }]);
  });

  it('not before its lease has been over for 5 s', async () => {
    const id = await world.session({ ...owned, leaseIn: -4 });
    expect((await world.beat('b')).assigned).toEqual([]);
    await world.lapse(id, 6);
    expect((await world.beat('b')).assigned).toMatchObject([{ sessionId: id, epoch: 5 }]);
    expect(await world.history(id)).toMatchObject([{ runnerId: 'b', cause: 'takeover' }]);
  });

  it('one placed on a runner that never took it up', async () => {
    const id = await world.session({ runnerId: 'a', leaseIn: -6, epoch: 0 });
    expect((await world.beat('b')).assigned).toMatchObject([{ sessionId: id, epoch: 1 }]);
  });

  it('and the owner that was hears that it is taken, and takes nothing back', async () => {
    const id = await world.session({ ...owned, leaseIn: -6 });
    await world.beat('b');
    const answer = await world.beat('a', { sessions: [[id, 4]] });
    expect(answer).toMatchObject({
      renewed: [],
      lost: [{ sessionId: id, reason: 'taken' }],
      assigned: [],
    });
    expect(await world.lease(id)).toMatchObject({ runnerId: 'b', epoch: 5 });
  });

  it('not to a runner that names it under an old epoch: it must close its browser first', async () => {
    const id = await world.session({ ...owned, runnerId: 'z', epoch: 9, leaseIn: -600 });
    const answer = await world.beat('a', { sessions: [[id, 4]] });
    expect(answer).toMatchObject({ lost: [{ reason: 'taken' }], assigned: [] });
    expect((await world.beat('a')).assigned).toMatchObject([{ sessionId: id, epoch: 10 }]);
  });

  it('three at a time', async () => {
    for (let count = 0; count < 5; count += 1) await world.session();
    const first = await world.beat('b');
    expect(first.assigned).toHaveLength(3);
    const second = await world.beat('b', {
      sessions: first.assigned.map(({ sessionId, epoch }) => [sessionId, epoch] as const),
    });
    expect(second.assigned).toHaveLength(2);
  });

  it('only as far as there is room beside its own', async () => {
    await world.session({ ...owned, bootId: 'a-0' });
    await world.session();
    await world.session();
    const { assigned } = await world.beat('a', { maxSessions: 2 });
    expect(new Set(assigned.map(({ epoch }) => epoch))).toEqual(new Set([1, 5]));
    expect(assigned).toHaveLength(2);
  });

  const ADOPTED: Readonly<Record<SessionStatus, boolean>> = {
    created: true,
    starting: true,
    qr: true,
    pairing_code: true,
    authenticating: true,
    online: true,
    reconnecting: true,
    disconnected: true,
    action_required: true,
    logged_out: false,
    failed: false,
  };
  it.each(SESSION_STATUSES.map((status) => ({ status, adopted: ADOPTED[status] })))(
    'in state $status: $adopted',
    async ({ status, adopted }) => {
      await world.session({ status });
      expect((await world.beat('b')).assigned).toHaveLength(adopted ? 1 : 0);
    },
  );
});

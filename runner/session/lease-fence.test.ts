import { beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../testing/fake-clock.ts';
import { createLeaseFence, type LeaseFence } from './lease-fence.ts';

const LEASE_MS = 30_000;
/** 10 s before the edge's end. */
const DEADLINE_MS = 20_000;

let clock: FakeClock;
let told: unknown[];
let killed: number;
let fence: LeaseFence;

beforeEach(() => {
  clock = new FakeClock(1_000_000);
  told = [];
  killed = 0;
  const supervisor = {
    lease: (message: unknown) => void told.push(message),
    release: () => undefined,
  };
  fence = createLeaseFence({ clock, supervisor, marginMs: LEASE_MS - DEADLINE_MS });
});

const renew = (sentAt = clock.monotonic()): void =>
  fence.renew({ sessionId: 'a', epoch: 3, sentAt, leaseMs: LEASE_MS, kill: () => (killed += 1) });

describe('a lease', () => {
  it('ends 20 s after the request that renewed it was sent, not before, and once', async () => {
    const sentAt = clock.monotonic();
    await clock.advance(3_000);
    renew(sentAt);
    await clock.advance(DEADLINE_MS - 3_001);
    expect([fence.isCurrent('a'), killed]).toEqual([true, 0]);
    await clock.advance(1);
    expect([fence.isCurrent('a'), killed]).toEqual([false, 1]);
    await clock.advance(60_000);
    expect(killed).toBe(1);
  });

  it('goes on with each renewal', async () => {
    for (let round = 0; round < 10; round += 1) {
      renew();
      await clock.advance(DEADLINE_MS - 1);
    }
    expect([fence.isCurrent('a'), killed]).toEqual([true, 0]);
  });

  it('is over at once when the machine slept past its end, though no timer has run out', async () => {
    renew();
    await clock.advance(2_000);
    clock.sleep(60_000);
    expect(fence.isCurrent('a')).toBe(false);
    await clock.advance(1_000);
    expect(killed).toBe(1);
  });

  it('is the supervisor’s to end too, by both clocks', () => {
    clock.sleep(5_000_000);
    renew();
    expect(told).toEqual([
      {
        sessionId: 'a',
        epoch: 3,
        deadline: 1_000_000 + DEADLINE_MS,
        wallDeadline: 6_000_000 + DEADLINE_MS,
      },
    ]);
  });

  it('does not last longer because the wall clock is put back', async () => {
    renew();
    clock.sleep(-300_000);
    await clock.advance(DEADLINE_MS);
    expect([fence.isCurrent('a'), killed]).toEqual([false, 1]);
  });

  it('that was given back kills nothing', async () => {
    renew();
    fence.release('a');
    await clock.advance(60_000);
    expect([fence.isCurrent('a'), killed]).toEqual([false, 0]);
  });
});

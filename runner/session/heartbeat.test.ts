import { expect, it } from 'vitest';
import type { HeartbeatRequest } from '../../shared/protocol/leases.ts';
import { createLog } from '../log.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { Heartbeat } from './heartbeat.ts';

const REQUEST: HeartbeatRequest = {
  runnerId: 'runner-1',
  bootId: 'boot-1',
  url: 'http://127.0.0.1:1',
  region: 'local',
  maxSessions: 1,
  draining: false,
  sessions: [],
};

it('ignores an answer that came while the machine slept, since the lease that it renewed may have expired', async () => {
  const clock = new FakeClock();
  const sleepsMs = [60_000, 0];
  let recovered = 0;
  const believed: number[] = [];
  let asked = 0;
  const heartbeat = new Heartbeat({
    clock,
    random: () => 0,
    log: createLog({ level: 'error' }),
    failed: () => undefined,
    recovered: () => (recovered += 1),
    everyMs: 5_000,
    edge: {
      heartbeat: async () => {
        asked += 1;
        clock.sleep(sleepsMs.shift() ?? 0);
        return { renewed: [], lost: [], assigned: [], leaseMs: 30_000 };
      },
    },
    request: () => REQUEST,
    apply: () => void believed.push(asked),
  });
  heartbeat.start();
  await clock.advance(5_000);
  expect(asked).toBeGreaterThan(1);
  expect(believed[0]).toBe(2);
  expect(recovered).toBe(1);
  await heartbeat.stop(() => REQUEST);
});

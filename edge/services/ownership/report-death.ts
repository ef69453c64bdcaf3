import type { DeathNotice } from '../../../shared/protocol/leases.ts';
import type { Services } from '../../context.ts';
import { describeError } from '../../log/describe-error.ts';
import { PLACEABLE_HEARTBEAT_AGE_MS } from '../../runners/placement.ts';
import { declareDead } from './declare-dead.ts';
import { loadRunners } from './internal.ts';

/**
 * A boot is gone and nothing of its sessions runs: they are free at once, and those who may take them are woken. Changes
 * nothing of what the runner's next boot has taken up.
 */
export async function reportDeath({
  services,
  input,
}: {
  services: Pick<Services, 'db' | 'runners' | 'waitUntil' | 'log'>;
  input: DeathNotice;
}): Promise<void> {
  const { db, runners, waitUntil, log } = services;
  const { runnerId, bootId } = input;
  log({ event: 'runner_died', runnerId, bootId });
  await declareDead({ services, runnerId, bootId });
  const others = (await loadRunners(db)).filter(
    (runner) =>
      runner.runnerId !== runnerId &&
      !runner.draining &&
      runner.heartbeatAgeMs < PLACEABLE_HEARTBEAT_AGE_MS,
  );
  for (const other of others)
    waitUntil(
      runners.wake(other).catch((error: unknown) => {
        log({ event: 'wake_failed', runnerId: other.runnerId, ...describeError(error) });
      }),
    );
}

import { setTimeout as sleep } from 'node:timers/promises';
import { allOnline } from './fault.ts';
import type { Fault, Site } from './nemesis.ts';

/** Traffic between two restarts, so that each finds newer keys than the one before. */
const BETWEEN_MS = 2_000;
const BACK_WITHIN_MS = 120_000;

/**
 * Restarts runners in order (SIGTERM, as a deploy does), one after the other, each once all sessions are online again. The
 * launcher restarts it.
 */
export async function restartRunners(site: Site, times: number): Promise<Omit<Fault, 'kind'>[]> {
  const faults: Omit<Fault, 'kind'>[] = [];
  for (let time = 0; time < times; time += 1) {
    await sleep(BETWEEN_MS);
    const { runners } = await site.deployment.facts();
    const runner = runners[time % runners.length];
    if (runner === undefined) throw new Error('no runner');
    faults.push({ at: Date.now(), what: `${runner.id} restarted` });
    process.kill(runner.pid, 'SIGTERM');
    await allOnline(
      site,
      `all sessions to be online after restart ${time + 1}`,
      (view) => view.runner !== null && view.runner.pid !== runner.pid,
      BACK_WITHIN_MS,
    );
  }
  return faults;
}

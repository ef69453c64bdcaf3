import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { mean } from '../chaos/figures.ts';
import type { Site } from '../chaos/nemesis.ts';
import { killRunner, withoutRestart } from '../chaos/runner-death.ts';
import { type ChaosReport, runUnder, SOON_COPIED } from '../chaos/run.ts';
import { type Deployment, startDeployment } from '../testing/deployment.ts';
import { SessionView } from '../testing/session.ts';
import { percentile } from '../testing/stats.ts';
import { until } from '../testing/until.ts';
import type { Row } from './report.ts';

const SESSIONS = 6;
const ROUNDS = 3;
const SEED = 500;
/** Traffic between rounds, so that every session has been copied where it is. */
const BETWEEN_MS = 8_000;
const RECOVERS_WITHIN_MS = 150_000;

/** How a runner dies, and who sees it. */
const DEATHS = {
  /** Nobody is left to tell: the lease has to run out. */
  machine: {
    machine: true,
    restart: false,
    goal: 60,
    what: 'with its supervisor → online elsewhere',
  },
  /** Its supervisor tells; it is not started again. */
  process: {
    machine: false,
    restart: false,
    goal: 15,
    what: 'seen by its supervisor → online elsewhere',
  },
  /** It is started again at once. */
  restarted: { machine: false, restart: true, goal: 15, what: 'started again → online' },
} as const;
type Death = keyof typeof DEATHS;

/** Ms from kill -9 until a session was seen online again, one figure a session and round; and what the checker says of it all. */
export type Failover = Record<Death, number[]> & { report: ChaosReport };

/** Six sandbox sessions under traffic on two runners, of which one is killed, round after round. */
export async function failover(tell: (text: string) => void): Promise<Failover> {
  const deployment = await startDeployment({
    environment: { ...SOON_COPIED, WAYPOST_RUNNERS: '2' },
  });
  try {
    const times: Record<Death, number[]> = { machine: [], process: [], restarted: [] };
    const report = await runUnder(deployment, { seed: SEED, sessions: SESSIONS }, async (site) => {
      const faults = [];
      for (const death of Object.keys(DEATHS).filter(isDeath))
        for (let round = 1; round <= ROUNDS; round += 1) {
          await sleep(BETWEEN_MS);
          const at = Date.now();
          const took = await killOne(site, death);
          times[death].push(...took);
          faults.push({ at, kind: death, what: `${death}, round ${round}` });
          tell(`  ${death} ${round}: ${took.map((ms) => (ms / 1000).toFixed(1)).join(', ')} s`);
        }
      return faults;
    });
    return { ...times, report };
  } finally {
    await deployment.dispose();
  }
}

export function failoverRows({ report, ...times }: Failover): Row[] {
  const rows = Object.keys(DEATHS)
    .filter(isDeath)
    .flatMap((death): Row[] => {
      const { what, goal } = DEATHS[death];
      const row = { unit: 's', goal };
      const sample = times[death].map((ms) => ms / 1000);
      return [
        { ...row, what: `kill -9 of a runner, ${what}, p50`, actual: percentile(sample, 0.5) },
        { ...row, what: `kill -9 of a runner, ${what}, worst`, actual: Math.max(...sample) },
      ];
    });
  const under = `under ${Object.keys(DEATHS).length * ROUNDS} such deaths`;
  return [
    ...rows,
    { what: `share of wanted time online, ${under}`, unit: '%', actual: mean(report.online) * 100 },
    {
      what: `share of wanted time connected to WhatsApp, ${under}`,
      unit: '%',
      actual: mean(report.connected) * 100,
    },
    { what: `events lost, ${under}`, unit: '', actual: report.eventsLost, goal: 0 },
    { what: `duplicate wire sends, ${under}`, unit: '', actual: report.duplicateSends, goal: 0 },
    {
      what: `findings of the checker, ${under}`,
      unit: '',
      actual: report.findings.length,
      goal: 0,
    },
  ];
}

const isDeath = (name: string): name is Death => Object.hasOwn(DEATHS, name);

/** Kills the runner that has most sessions; waits until all of them are online and the fleet is whole again. */
async function killOne(site: Site, death: Death): Promise<number[]> {
  const { deployment } = site;
  const { machine, restart } = DEATHS[death];
  const owned = Map.groupBy(await ownSessions(site), ({ runner }) => runner?.id ?? '');
  const [dead = '', lost = []] =
    [...owned].toSorted(([, one], [, other]) => other.length - one.length)[0] ?? [];
  const pid = (await deployment.facts()).runners.find(({ id }) => id === dead)?.pid;
  if (pid === undefined) throw new Error(`no runner ${dead}`);
  const epochs = new Map(lost.map(({ id, runner }) => [id, runner?.epoch ?? 0]));
  const recover = (): Promise<number[]> => {
    const killedAt = performance.now();
    killRunner(pid, { machine });
    return timesBack(site, killedAt, (view) => {
      if (!epochs.has(view.id)) return null;
      const moved = restart || view.runner?.id !== dead;
      return moved && (view.runner?.epoch ?? 0) > (epochs.get(view.id) ?? 0);
    });
  };
  const times = restart ? await recover() : await withoutRestart(pid, recover);
  await until(`${dead} to be up again`, () => anotherBoot(deployment, dead, pid), 60_000);
  return times;
}

/** @param isBack null for sessions that do not matter */
function timesBack(
  site: Site,
  killedAt: number,
  isBack: (view: z.infer<typeof SessionView>) => boolean | null,
): Promise<number[]> {
  const back = new Map<string, number>();
  return until(
    'the sessions to be online again',
    async () => {
      const wanted = (await ownSessions(site)).filter((view) => isBack(view) !== null);
      for (const view of wanted)
        if (view.status === 'online' && isBack(view) === true && !back.has(view.id))
          back.set(view.id, performance.now() - killedAt);
      return wanted.length > 0 && back.size === wanted.length ? [...back.values()] : undefined;
    },
    RECOVERS_WITHIN_MS,
  );
}

async function ownSessions({ deployment, sessions }: Site) {
  const answer = await deployment.api.call('GET', '/v1/sessions?limit=100');
  const ours = new Set(sessions.map(({ id }) => id));
  return answer.data(z.array(SessionView)).filter(({ id }) => ours.has(id));
}

async function anotherBoot(
  deployment: Deployment,
  id: string,
  oldPid: number,
): Promise<true | undefined> {
  const runner = (await deployment.facts()).runners.find((one) => one.id === id);
  if (runner === undefined || runner.pid === oldPid) return undefined;
  return (await fetch(new URL('/health', runner.url))).ok ? true : undefined;
}

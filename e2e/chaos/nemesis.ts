import { setTimeout as sleep } from 'node:timers/promises';
import type { Deployment } from '../testing/deployment.ts';
import { browsersUnder } from '../testing/processes.ts';
import type { Random } from '../testing/random.ts';
import type { ChaosSession } from './traffic.ts';

export type Fault = {
  at: number;
  kind: string;
  what: string;
};

/** Where faults strike. */
export type Site = { deployment: Deployment; sessions: readonly ChaosSession[]; random: Random };
type Strike = (site: Site) => Promise<string>;

/** What may go wrong. Each strikes once, puts right what does not come back by itself, and says what it did. */
const STRIKES: Readonly<Record<string, Strike>> = {
  killRunner: async ({ deployment, random }) => {
    const runner = random.pick((await deployment.facts()).runners);
    sendSignal(runner.pid, 'SIGKILL');
    return `${runner.id} killed with -9`;
  },
  freezeRunner: async ({ deployment, random }) => {
    const runner = random.pick((await deployment.facts()).runners);
    const ms = Math.round(random.between(2_000, 15_000));
    await freeze(runner.pid, ms);
    return `${runner.id} stopped for ${ms} ms`;
  },
  killBrowser: async ({ deployment, random }) => {
    const browsers = await browsersUnder(deployment.directory);
    if (browsers.length === 0) return 'no browser to kill';
    const pid = random.pick(browsers);
    sendSignal(pid, 'SIGKILL');
    return `browser ${pid} killed with -9`;
  },
  reloadPage: async ({ sessions, random }) => {
    const { phone, at, name } = random.pick(sessions);
    // A page that is just away cannot be reloaded; the strike then misses.
    await phone.pageReload(at).catch(() => undefined);
    return `page of ${name} reloaded`;
  },
  cutLine: async ({ sessions, random }) => {
    const { phone, at, name } = random.pick(sessions);
    const forMs = Math.round(random.between(1_000, 6_000));
    await phone.network({ ...at, online: false, forMs });
    return `line of ${name} cut for ${forMs} ms`;
  },
  loseAck: async ({ sessions, random }) => {
    const { phone, at, name } = random.pick(sessions);
    await phone.faults({ ...at, loseAck: 1 });
    return `an ack of ${name} lost`;
  },
  freezeDatabase: async ({ deployment, random }) => {
    const ms = Math.round(random.between(1_000, 8_000));
    await freeze(await pidOf(deployment, 'neon'), ms);
    return `database out of reach for ${ms} ms`;
  },
  killQstash: (site) => killService(site, 'qstash'),
  killRedis: (site) => killService(site, 'redis'),
  killEdge: (site) => killService(site, 'edge'),
};

/** Strikes at random moments until the signal says stop. */
export async function runNemesis(site: Site & { signal: AbortSignal }): Promise<Fault[]> {
  const faults: Fault[] = [];
  const { random, signal } = site;
  for (;;) {
    await sleep(random.between(2_000, 6_000));
    if (signal.aborted) return faults;
    const kind = random.pick(Object.keys(STRIKES));
    const strike = STRIKES[kind];
    const at = Date.now();
    if (strike !== undefined) faults.push({ at, kind, what: await strike(site) });
  }
}

export async function freeze(pid: number, ms: number): Promise<void> {
  sendSignal(pid, 'SIGSTOP');
  try {
    await sleep(ms);
  } finally {
    sendSignal(pid, 'SIGCONT');
  }
}

/** To a process that may be gone by now: a supervisor ends a runner that stands still. */
function sendSignal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

async function killService({ deployment }: Site, name: string): Promise<string> {
  sendSignal(await pidOf(deployment, name), 'SIGKILL');
  return `${name} killed with -9`;
}

export async function pidOf(deployment: Deployment, name: string): Promise<number> {
  const { services } = await deployment.facts();
  const pid = services.find((service) => service.name === name)?.pid;
  if (pid === undefined) throw new Error(`no process ${name}`);
  return pid;
}

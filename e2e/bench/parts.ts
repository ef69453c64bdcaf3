import { readFile } from 'node:fs/promises';
import { listProcesses, type ProcessEntry } from '../../local/processes.ts';
import type { Deployment } from '../testing/deployment.ts';
import type { Row } from './report.ts';

/** Kernel ticks of CPU time in a second, the same on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

export type PartUse = { cpuMs: number; pssMiB: number };
export type Use = ReadonlyMap<string, PartUse>;

/** CPU time so far and memory now of everything that `npm start` runs, by part. Linux only. */
export async function useOf(deployment: Deployment): Promise<Use> {
  const parts = new Map<string, PartUse>();
  for (const entry of familyOf(deployment.launcherPid())) {
    const part = partOf(entry);
    const use = await useOfProcess(entry.pid);
    const sum = parts.get(part) ?? { cpuMs: 0, pssMiB: 0 };
    parts.set(part, { cpuMs: sum.cpuMs + use.cpuMs, pssMiB: sum.pssMiB + use.pssMiB });
  }
  return parts;
}

/** The same of one process and all that it started, together. */
export async function useOfFamily(pid: number): Promise<PartUse> {
  const uses = await Promise.all(familyOf(pid).map((entry) => useOfProcess(entry.pid)));
  return {
    cpuMs: uses.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
    pssMiB: uses.reduce((sum, { pssMiB }) => sum + pssMiB, 0),
  };
}

/** What the session itself takes: runner, supervisor, session process and browser. */
const SESSION_PARTS = ['runner', 'supervisor', 'session process', 'browser'];

function familyOf(pid: number): ProcessEntry[] {
  const table = listProcesses();
  const family = table.filter((entry) => entry.pid === pid);
  for (const entry of family) family.push(...table.filter(({ parent }) => parent === entry.pid));
  return family;
}

/** By what its command line says. The name of a service is the folder of its program. */
function partOf({ command }: ProcessEntry): string {
  if (command.includes('workerd')) return 'workerd';
  if (/postgres/.test(command)) return 'PostgreSQL';
  if (/chrom/.test(command)) return 'browser';
  if (command.includes('services.mjs')) return 'services';
  if (command.includes('supervisor.cjs')) return 'supervisor';
  if (/runner\.mjs|runner\/main\.ts/.test(command)) return 'runner';
  if (command.includes('session-process.cjs')) return 'session process';
  const bundled = /\/(launcher|edge|fly|sandbox)\.mjs/.exec(command)?.[1];
  if (bundled !== undefined) return bundled;
  return /.*\blocal\/([\w-]+)\//.exec(command)?.[1] ?? 'other';
}

async function useOfProcess(pid: number): Promise<PartUse> {
  const read = (file: string) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
  const stat = await read('stat');
  const fields = stat.slice(stat.lastIndexOf(') ') + 2).split(' ');
  // Its own and those of its children that have ended: user and system time of each.
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  const pss = /^Pss:\s+(\d+) kB/m.exec(await read('smaps_rollup'))?.[1] ?? 0;
  return { cpuMs: (ticks * 1_000) / TICKS_PER_SECOND, pssMiB: Number(pss) / 1024 };
}

/** The memory of everything but the simulated WhatsApp, which nobody runs for a phone of theirs. */
export const wholeMiB = (use: Use): number => memoryOf(use, (part) => part !== 'sandbox');

/** The memory of the whole, of what the session takes, and of each part. */
export function memoryRows(when: string, use: Use, goals: { whole?: number; session?: number }) {
  const rows: Row[] = [
    {
      what: `the whole without the sandbox, ${when}`,
      unit: 'MiB',
      actual: wholeMiB(use),
      ...(goals.whole !== undefined && { goal: goals.whole }),
    },
    {
      what: `runner, supervisor, session process and browser, ${when}`,
      unit: 'MiB',
      actual: memoryOf(use, (part) => SESSION_PARTS.includes(part)),
      ...(goals.session !== undefined && { goal: goals.session }),
    },
  ];
  for (const [part, { pssMiB }] of [...use].toSorted(([, a], [, b]) => b.pssMiB - a.pssMiB))
    rows.push({ what: `– ${part}, ${when}`, unit: 'MiB', actual: pssMiB });
  return rows;
}

function memoryOf(use: Use, isWanted: (part: string) => boolean): number {
  let sum = 0;
  for (const [part, { pssMiB }] of use) if (isWanted(part)) sum += pssMiB;
  return sum;
}

/** CPU time of each part between two readings, in ms. */
export function cpuBetween(before: Use, after: Use): Map<string, number> {
  return new Map(
    [...after].map(([part, { cpuMs }]) => [part, cpuMs - (before.get(part)?.cpuMs ?? 0)]),
  );
}

export const sumOf = (cpu: Map<string, number>): number =>
  [...cpu.values()].reduce((sum, ms) => sum + ms, 0);
